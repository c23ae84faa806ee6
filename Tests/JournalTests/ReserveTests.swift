import Testing

@testable import Journal

@Suite("a full disk") struct ReserveTests {
    private let machine = SimulatedMachine(seed: 4)

    /// Fills the store until it says no, with a disk that has no byte left.
    private func full() throws -> (journal: Journal, keys: Int) {
        let journal = try machine.open { $0.segmentSize = 64 << 10 }
        try journal.put("/first", [1], .durable)
        #expect(machine.store.names["spare"] != nil, "a spare is made as soon as one is used")
        machine.store.capacity = machine.store.used
        var keys = 0
        do throws(JournalError) {
            while true {
                try journal.put(Key("/k\(keys % 60)"), [UInt8](repeating: 1, count: 6000), .volatile)
                keys += 1
            }
        } catch {
            #expect(error == .noSpace)
        }
        return (journal, keys)
    }

    @Test func `with no byte free a bounded number of small puts and all deletes still succeed`() throws {
        let (journal, keys) = try full()
        #expect(keys > 5)
        #expect(throws: JournalError.noSpace) { try journal.put("/big", [UInt8](repeating: 1, count: 6000), .durable) }
        for number in 0..<20 { try journal.put("/small", [UInt8(number)], .durable) }
        #expect(throws: JournalError.noSpace) {
            for number in 0..<10_000 { try journal.put(Key("/small"), [UInt8(number & 0xff)], .volatile) }
        }
        for number in 0..<60 { try journal.delete(.key(Key("/k\(number)")), .durable) }
        #expect(try journal.range(RangeRequest(.all)).keyValues.map(\.key) == ["/first", "/small"])
    }

    @Test func `compaction gives space back`() throws {
        let (journal, _) = try full()
        try journal.delete(.prefix("/k"), .durable)
        try journal.compact(to: try journal.revision())
        for number in 0..<8 { try journal.put(Key("/k\(number)"), [UInt8](repeating: 2, count: 6000), .durable) }
        machine.cutPower(keeping: .nothing)
        #expect(try machine.open { $0.segmentSize = 64 << 10 }.range(RangeRequest(.prefix("/k"))).count == 8)
    }

    @Test func `a process that opens on a full disk knows it`() throws {
        _ = try full()
        let second = try machine.open { $0.segmentSize = 64 << 10 }
        #expect(throws: JournalError.noSpace) {
            for _ in 0..<20 { try second.put("/k", [UInt8](repeating: 1, count: 6000), .volatile) }
        }
        try second.delete(.prefix("/k"), .durable)
    }
}
