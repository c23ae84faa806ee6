import LinuxTypes

extension MountTable {
    /// One line of the table.
    public struct Entry: Hashable, Sendable {
        public let point: String
        public let type: String
        public let source: String
        /// Of the mount, as `rw,nosuid`.
        public let options: String
        /// What of the file system is mounted.
        public let root: String
    }

    /// All mounts, in the order of the table. A line that is none is left out.
    public var entries: [Entry] {
        text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count > dash + 2 else { return nil }
            return Entry(
                point: Self.plain(fields[4]), type: String(fields[dash + 1]), source: Self.plain(fields[dash + 2]),
                options: String(fields[5]), root: Self.plain(fields[3]))
        }
    }

    private static func plain(_ field: Substring) -> String { unescaped(Array(field.utf8)[...]) }
}
