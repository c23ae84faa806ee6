import CommandSupport
public import Journal
import LinuxTypes

/// What `compact` was given.
public struct CompactArguments: Hashable, Sendable {
    /// How much history stays.
    public enum Extent: Hashable, Sendable {
        case to(Revision)
        /// So many revisions before the current one.
        case keeping(Revision)
        /// Seconds.
        case olderThan(Int64)
        /// Bytes on the disk.
        case toSize(UInt64)
    }

    public var extent: Extent
    public var format = PrintFormat.simple
}

/// The grammar of `compact`.
enum CompactVerb {
    static let options = [
        Option("keep", value: "N", help: "keep the last N revisions"),
        Option("older-than", value: "AGE", help: "give up what is older: 90s, 30m, 12h, 7d"),
        Option("to-size", value: "SIZE", help: "give up as much as brings the store down to 64M, 1G, …, where that is possible"),
        VerbReader.output, VerbReader.writeOut,
    ]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> JournalCommand {
        var extents: [CompactArguments.Extent] = []
        var format = PrintFormat.simple
        try verb.read(options, limit: 1) { token, reader throws(UsageError) in
            switch token {
            case .value("keep", let text): extents.append(.keeping(try reader.number(text, "--keep")))
            case .value("older-than", let text): extents.append(.olderThan(try age(text, reader)))
            case .value("to-size", let text): extents.append(.toSize(try reader.byteCount(text, "--to-size")))
            case .value(_, let text): format = try reader.format(text, of: [.simple, .json])
            default: break
            }
        }
        if let word = verb.operands.first {
            let revision = try verb.reader.number(word, "REV", as: Revision.self)
            extents.append(.to(revision))
        }
        // Not even "all" without a word: history does not come back.
        guard let extent = extents.first else {
            throw verb.reader.wrong("there is no revision, nor --keep, --older-than or --to-size")
        }
        guard extents.count == 1 else { throw verb.reader.wrong("REV, --keep, --older-than and --to-size exclude each other") }
        return .compact(CompactArguments(extent: extent, format: format))
    }

    private static func age(_ text: String, _ reader: ArgumentReader) throws(UsageError) -> Int64 {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        if let unit = text.last.flatMap({ units[$0] }) {
            let number: UInt32 = try reader.number(String(text.dropLast()), "--older-than")
            return Int64(number) * unit
        }
        throw reader.wrong("--older-than is a number with s, m, h or d, not '\(text)'")
    }

    static var manual: Manual {
        JournalCommand.verbs.manual(
            synopsis: "compact [OPTIONS] [REV]",
            about: """
                Gives up history before a revision, and the space of it. What each key is stays, and what it was since then. It runs beside
                writers and readers, and does not come back.
                """,
            options: options,
            examples: [
                ("hull journal compact 1200", "nothing before revision 1200 can be read any more"),
                ("hull journal compact --keep 10000", "the last ten thousand revisions stay"),
                ("hull journal compact --older-than 7d", "a week stays, by the clocks of the writers"),
            ])
    }
}
