import CommandSupport
public import Journal
import StrictTree

/// What `history` prints.
public enum HistoryText {
    /// `base` is what the key was at the compacted revision, whose own history is gone.
    public static func bytes(_ base: KeyValue?, _ batch: EventBatch, _ style: PrintStyle) -> [UInt8] {
        switch style.format {
        case .json:
            let before = base.map { base in
                JSONWriter.line { json in
                    json.member("type", "PUT")
                    json.object("kv") { $0.members(of: base) }
                }
            }
            return (before ?? []) + EventText.bytes(batch, style, showsProgress: false)
        case .simple, .raw:
            let before = base.map { Array("PUT\n".utf8) + RangeText.lines([$0], style) }
            return (before ?? []) + EventText.bytes(batch, style, showsProgress: false)
        case .table: return Array(table(base, batch).utf8)
        }
    }

    private static func table(_ base: KeyValue?, _ batch: EventBatch) -> String {
        var table = Table(["REVISION", "TYPE", "VERSION", "DURABILITY", "TIME", "VALUE"])
        if let base { table.add(row(base, time: "")) }
        for event in batch.events {
            let time = WallClock.text(event.time)
            if event.kind == .put {
                table.add(row(event.keyValue, time: time))
            } else {
                let durability = RangeText.durability(event.keyValue)
                table.add(["\(event.keyValue.modRevision)", "DELETE", "", durability, time, ""])
            }
        }
        return table.text
    }

    private static func row(_ keyValue: KeyValue, time: String) -> [String] {
        let durability = RangeText.durability(keyValue)
        return ["\(keyValue.modRevision)", "PUT", "\(keyValue.version)", durability, time, RangeText.value(keyValue)]
    }
}
