import CommandSupport
public import Journal
import StrictTree

/// What `watch` prints.
public enum EventText {
    /// A batch: of each event its type, what was there before where that was asked for, key and value; or a JSON object in a line.
    public static func bytes(_ batch: EventBatch, _ style: PrintStyle, showsProgress: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        for event in batch.events {
            if style.format == .json {
                bytes += JSONWriter.line { $0.members(of: event) }
                continue
            }
            bytes += Array((event.kind == .put ? "PUT\n" : "DELETE\n").utf8)
            bytes += RangeText.lines((event.previous.map { [$0] } ?? []) + [event.keyValue], style)
        }
        if style.format == .json, !batch.gaps.isEmpty { bytes += JSONWriter.line { $0.member(gaps: batch.gaps) } }
        if showsProgress, batch.events.isEmpty {
            bytes +=
                style.format == .json
                ? JSONWriter.line { $0.header(batch.revision) } : Array("progress notify: \(batch.revision)\n".utf8)
        }
        return bytes
    }

    /// That the history which was asked for is gone.
    public static func canceled(_ compacted: Revision, _ style: PrintStyle) -> [UInt8] {
        guard style.format == .json else { return [] }
        return JSONWriter.line { json in
            json.member("canceled", true)
            json.member("compact_revision", compacted)
        }
    }
}
