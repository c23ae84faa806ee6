public import Journal
import StrictTree

/// A dump that was read.
public struct DumpFile: Hashable, Sendable {
    public var revision: Revision
    public var boot: String
    /// In the order of the file.
    public var entries: [Entry]

    /// A key, as far as a load can give it again.
    public struct Entry: Hashable, Sendable {
        public var key: Key
        /// nil where it was damaged.
        public var value: [UInt8]?
        public var modRevision: Revision
        public var isVolatile: Bool
        public var isFromEarlierBoot: Bool
        /// It hung on a lease, which no other store has.
        public var hasLease = false
    }

    /// Bytes of a dump that are read.
    public static let limit = 1 << 30

    public init(_ bytes: [UInt8]) throws(Failure) {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        // Behind the last newline there is nothing.
        if lines.last?.isEmpty == true { lines.removeLast() }
        guard let first = lines.first else { throw Failure("the dump is empty", exit: .usage) }
        var count: Int64 = 0
        (revision, boot, count) = (0, "", 0)
        entries = []
        (revision, boot, count) = try Self.reading(first, 1) { value throws(TreeError) in try Self.header(value) }
        var seen: Set<Key> = []
        for (number, line) in zip(2..., lines.dropFirst()) {
            let entry = try Self.reading(line, number) { value throws(TreeError) in try Self.entry(value) }
            guard seen.insert(entry.key).inserted else {
                throw Failure("line \(number): key '\(KeyText.string(entry.key.bytes))' is there twice", exit: .usage)
            }
            entries.append(entry)
        }
        guard entries.count == count else {
            throw Failure("the dump has \(entries.count) keys of \(count): it was cut off or changed", exit: .usage)
        }
    }

    private static func reading<Result>(
        _ line: ArraySlice<UInt8>, _ number: Int, _ read: (Value) throws(TreeError) -> Result
    ) throws(Failure) -> Result {
        do throws(TreeError) {
            return try read(try Document(json: Array(line)).root)
        } catch {
            let place = error.pointer.isEmpty ? "" : "\(error.pointer): "
            let hint = number == 1 ? "a dump is what 'hull journal dump' writes" : nil
            throw Failure("line \(number): \(place)\(error.message)", hint: hint, exit: .usage)
        }
    }

    private static func header(_ value: Value) throws(TreeError) -> (Revision, String, Int64) {
        var fields = try Fields(value)
        guard let version = try fields.number(DumpText.mark) else { throw value.failure("this is no dump of a journal") }
        guard version == DumpText.version else {
            throw value.failure("the dump has format \(version), this program knows \(DumpText.version)")
        }
        let revision = try fields.required("revision").integer
        let count = try fields.required("keys").integer
        let boot = try fields.required("boot").string
        _ = fields.optional("gaps")
        try fields.refuseUnknown()
        return (revision, boot, count)
    }

    private static func entry(_ value: Value) throws(TreeError) -> Entry {
        var fields = try Fields(value)
        guard let key = try fields.bytes("key", "key_base64"), !key.isEmpty else { throw value.failure("key is not provided") }
        let isDamaged = try fields.bool("damaged") ?? false
        let bytes = try fields.bytes("value", "value_base64")
        guard isDamaged || bytes != nil else { throw value.failure("'value' is missing") }
        var entry = Entry(
            key: Key(key), value: isDamaged ? nil : bytes, modRevision: try fields.number("mod_revision") ?? 0,
            isVolatile: try fields.bool("volatile") ?? false, isFromEarlierBoot: try fields.bool("earlier_boot") ?? false)
        // What a load cannot give again.
        for name: StaticString in ["create_revision", "version"] { _ = try fields.number(name) }
        entry.hasLease = try fields.number("lease") ?? 0 != 0
        _ = try fields.bool("lease_expired")
        try fields.refuseUnknown()
        return entry
    }
}
