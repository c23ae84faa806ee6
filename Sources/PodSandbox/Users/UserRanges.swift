internal import Journal
internal import LinuxTypes
internal import PodRecords
internal import PodSpec
internal import StrictTree

/// Which ids of the machine pods with a user namespace may get: ranges of 65,536 each, side by side.
public struct UserRanges: Hashable, Sendable {
    /// The first id; a multiple of 65,536, at least that.
    public private(set) var base: UInt32 = 1_048_576
    /// How many pods there can be.
    public private(set) var count: UInt32 = 16_384

    init() {}

    init(_ value: Value) throws(TreeError) {
        var fields = try Fields(value)
        if let first = fields.optional("base") { base = try first.integer(in: Self.size...UInt32.max) }
        if let number = fields.optional("pods") { count = try number.integer(in: 1...65_534) }
        try fields.refuseUnknown()
        guard base.isMultiple(of: Self.size) else { throw value.failure("'base' is a multiple of \(Self.size)") }
        // The last range would hold 4294967295, which is no id.
        guard base / Self.size + count <= 65_535 else {
            throw value.failure("\(count) pods from \(base) on need more ids than there are")
        }
    }

    /// Members of the object that `init(_:)` reads.
    func write(to json: inout JSONWriter) {
        json.member("base", base)
        json.member("pods", count)
    }

    private static let size = Pod.Spec.idCount
}

extension UserRanges {
    /// The first id of a range that no pod has. The transaction that takes it must hold that its key is absent.
    func free(_ journal: Journal) throws(PodError) -> UInt32 {
        let found = try journaling("cannot look for free ids") { () throws(JournalError) in
            try journal.range(RangeRequest(.prefix(PodKeys.userRanges), keysOnly: true))
        }
        let taken = Set(found.keyValues.map(\.key))
        for number in 0..<count {
            let first = base + number * Self.size
            if !taken.contains(PodKeys.userRange(first)) { return first }
        }
        throw PodError(
            .failed, "all \(count) ranges of ids for pods with 'hostUsers: false' are taken",
            hint: "'hull rm' gives them back, and /etc/hull/config.json can name more")
    }
}
