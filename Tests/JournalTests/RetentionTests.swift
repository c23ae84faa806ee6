import LinuxKernel
import Testing

@testable import Journal

@Suite("how much history stays") struct RetentionTests {
    private let machine = SimulatedMachine(seed: 11)

    private func value(_ byte: UInt8, _ count: Int = 1) -> [UInt8] { [UInt8](repeating: byte, count: count) }

    @Test func `by number, so many revisions before the current one stay`() throws {
        let journal = try machine.open { $0.reservation = 1000 }
        for number in 0..<10 { try journal.put("/a", value(UInt8(number)), .durable) }
        #expect(try journal.compact(keeping: 100) == 0, "there is not that much")
        #expect(try journal.compact(keeping: 3) == 8)
        #expect(try journal.value(of: "/a", at: 8)?.value == [6])
        #expect(throws: JournalError.compacted(8)) { try journal.value(of: "/a", at: 7) }
        #expect(try journal.compact(keeping: 5) == 8, "what is given up stays given up")
        #expect(try journal.compact(keeping: 0) == 11)
    }

    @Test func `by age, what calls itself younger stays, with all behind it`() throws {
        let journal = try machine.open()
        for number in 0..<40 { try journal.put("/a", value(UInt8(number), 300), .durable) }
        let last = try journal.revision()
        let moment = wallNanoseconds()
        pause(microseconds: 50)
        for number in 0..<40 { try journal.put("/b", value(UInt8(number), 300), .durable) }
        #expect(try journal.revision(at: moment) == last && journal.revision(at: .max) == journal.revision())
        #expect(try journal.revision(at: 1) == 1, "nothing is as old as that")
        #expect(try journal.compact(olderThan: 1) == 0, "nothing is as old as that")
        #expect(try journal.compact(olderThan: moment) == last)
        #expect(throws: JournalError.compacted(last)) { try journal.revision(at: moment) }
        #expect(try journal.watch(.all, from: last + 1).poll().events.count == 40)
        #expect(try journal.value(of: "/a")?.value == value(39, 300))
        let current = try journal.revision()
        #expect(try journal.compact(olderThan: .max) == current)
        machine.cutPower(keeping: .nothing)
        #expect(try machine.open().value(of: "/b")?.value == value(39, 300))
    }

    @Test func `by age, lost history is stepped over`() throws {
        let journal = try machine.open()
        for number in 0..<60 { try journal.put("/a", value(UInt8(number), 300), .durable) }
        let inode = try #require(machine.store.names["segment-0000000000000001"])
        inode.current[4096 + 90] ^= 1
        // Who follows an index that was there before does not read the log.
        machine.loseRunDirectory()
        let again = try machine.open()
        let current = try again.revision()
        #expect(try again.compact(olderThan: .max) == current)
        #expect(try again.gaps().count == 1, "what is damaged is evidence until somebody accepts it")
    }

    @Test func `by size, as little is given up as is needed`() throws {
        let journal = try machine.open()
        for number in 0..<200 { try journal.put(Key("/k\(number % 10)"), value(UInt8(number), 300), .durable) }
        let before = try journal.footprint()
        #expect(before.segments > 4)
        let compacted = try journal.compact(toSize: before.segmentBytes / 2)
        let after = try journal.footprint()
        #expect(after.segmentBytes <= before.segmentBytes / 2)
        let current = try journal.revision()
        #expect(compacted > 0 && compacted < current)
        #expect(try journal.compact(toSize: .max) == compacted, "it is small enough")
        #expect(try journal.compact(toSize: 0) == current, "all that there is, where nothing is enough")
        for number in 190..<200 { #expect(try journal.value(of: Key("/k\(number % 10)"))?.value == value(UInt8(number), 300)) }
    }

    @Test func `a footprint counts segments, records and the reserve`() throws {
        let journal = try machine.open { $0.segmentSize = 64 << 10 }
        #expect(try journal.footprint().usedBytes == 0)
        try journal.put("/a", value(1, 1000), .durable)
        let footprint = try journal.footprint()
        #expect(footprint.segments == 1)
        #expect(footprint.segmentBytes == 64 << 10)
        #expect((1000...1400).contains(footprint.usedBytes))
        #expect(footprint.reserveBytes == 64 << 10)
    }
}
