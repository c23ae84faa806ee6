import CommandSupport
public import Journal
import StrictTree

/// The figures of a store.
public struct StoreFigures: Hashable, Sendable {
    public var directory: String
    public var runDirectory: String
    public var revision: Revision
    public var compacted: Revision
    public var keys: Int
    public var footprint: Footprint
    public var gaps: [Gap]

    public init(
        directory: String, runDirectory: String, revision: Revision, compacted: Revision, keys: Int, footprint: Footprint,
        gaps: [Gap]
    ) {
        self.directory = directory
        self.runDirectory = runDirectory
        self.revision = revision
        self.compacted = compacted
        self.keys = keys
        self.footprint = footprint
        self.gaps = gaps
    }

    /// What `stats` prints.
    public func bytes(_ format: PrintFormat) -> [UInt8] {
        if format == .json {
            return JSONWriter.line { json in
                json.header(revision)
                json.member("compact_revision", compacted)
                json.member("keys", keys)
                json.member("segments", footprint.segments)
                json.member("segment_bytes", footprint.segmentBytes)
                json.member("used_bytes", footprint.usedBytes)
                json.member("reserve_bytes", footprint.reserveBytes)
                json.member("directory", directory)
                json.member("run_directory", runDirectory)
                json.member(gaps: gaps)
            }
        }
        let lines = [
            ("revision", "\(revision)"), ("compacted", compacted == 0 ? "never" : "up to \(compacted)"), ("keys", "\(keys)"),
            ("segments", "\(footprint.segments), \(footprint.segmentBytes) bytes, \(footprint.usedBytes) of them used"),
            ("reserve", "\(footprint.reserveBytes) bytes"), ("gaps", "\(gaps.count)"), ("directory", directory),
            ("run directory", runDirectory),
        ]
        return Array(
            lines.map { name, text in name + String(repeating: " ", count: 15 - name.utf8.count) + text + "\n" }.joined().utf8)
    }
}

/// The help of `stats`.
enum StatsVerb {
    static var manual: Manual {
        JournalCommand.verbs.manual(
            synopsis: "stats [OPTIONS]", about: "Prints the figures of a store: its revision, keys, and bytes on the disk.",
            options: CheckVerb.options,
            examples: [
                ("hull journal stats", "for a person"), ("hull journal stats -o json | jq .header.revision", "for a script"),
            ])
    }
}
