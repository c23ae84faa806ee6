import LinuxTypes
import Testing

@testable import Journal

/// The rules of etcd, by which the journal goes.
@Suite("the model") struct ModelTests {
    private let machine = SimulatedMachine(seed: 1)

    private func filled() throws -> Journal {
        let journal = try machine.open()
        for (key, value) in [("/a", "1"), ("/b", "2"), ("/b/c", "3"), ("/c", "4"), ("/b", "5")] {
            try journal.put(Key(key), Array(value.utf8), .volatile)
        }
        return journal
    }

    private func keys(_ journal: Journal, _ request: RangeRequest) throws -> [String] {
        try journal.range(request).keyValues.map { "\($0.key)=\(String(decoding: $0.value, as: UTF8.self))" }
    }

    @Test func `an empty store is at revision 1, and each change adds one`() throws {
        let journal = try machine.open()
        #expect(try journal.revision() == 1)
        #expect(try journal.put("/a", [1], .durable) == 2)
        #expect(try journal.put("/a", [2], .volatile) == 3)
        #expect(try journal.delete(.key("/nothing"), .durable) == 0)
        #expect(try journal.revision() == 3, "what changes nothing has no revision")
        let found = try #require(try journal.value(of: "/a"))
        #expect(found.createRevision == 2 && found.modRevision == 3 && found.version == 2 && found.isVolatile)
        #expect(try journal.delete(.key("/a"), .durable) == 1)
        #expect(try journal.value(of: "/a") == nil)
        try journal.put("/a", [3], .durable)
        let again = try #require(try journal.value(of: "/a"))
        #expect(again.createRevision == 5 && again.modRevision == 5 && again.version == 1 && !again.isVolatile)
    }

    @Test func `ranges`() throws {
        let journal = try filled()
        #expect(try keys(journal, RangeRequest(.all)) == ["/a=1", "/b=5", "/b/c=3", "/c=4"])
        #expect(try keys(journal, RangeRequest(.prefix("/b"))) == ["/b=5", "/b/c=3"])
        #expect(try keys(journal, RangeRequest(.interval("/b", "/b/c"))) == ["/b=5"])
        #expect(try keys(journal, RangeRequest(.interval("/c", "/a"))) == [])
        #expect(try keys(journal, RangeRequest(.from("/b/"))) == ["/b/c=3", "/c=4"])
        #expect(try keys(journal, RangeRequest(.key("/b"), at: 3)) == ["/b=2"])
        #expect(try keys(journal, RangeRequest(.all, at: 2)) == ["/a=1"])
        #expect(try keys(journal, RangeRequest(.all, keysOnly: true)) == ["/a=", "/b=", "/b/c=", "/c="])
        let limited = try journal.range(RangeRequest(.all, limit: 3))
        #expect(limited.keyValues.count == 3 && limited.count == 4 && limited.hasMore)
        let counted = try journal.range(RangeRequest(.prefix("/b"), countOnly: true))
        #expect(counted.keyValues.isEmpty && counted.count == 2)
        var byRevision = RangeRequest(.all, limit: 2)
        byRevision.target = .modRevision
        byRevision.order = .descending
        #expect(try keys(journal, byRevision) == ["/b=5", "/c=4"])
        byRevision.target = .value
        byRevision.keysOnly = true
        #expect(try keys(journal, byRevision) == ["/b=", "/c="])
        #expect(throws: JournalError.futureRevision(6)) { try journal.range(RangeRequest(.all, at: 7)) }
    }

    @Test func `prefixes that end in the highest byte`() {
        #expect(KeyRange.prefix(Key([1, 0xff])).upper == [2])
        #expect(KeyRange.prefix(Key([0xff, 0xff])).upper == nil)
        #expect(KeyRange.prefix(Key([])).upper == nil)
        #expect(KeyRange.prefix(Key([0xff])).contains([0xff, 0]) && !KeyRange.prefix(Key([0xff])).contains([0xfe]))
    }

    @Test func `transactions compare, then act, and see their own writes`() throws {
        let journal = try filled()
        let claim = Transaction(
            if: [.isAbsent("/name")], then: [.put("/name", value: [1])], else: [.range(RangeRequest(.key("/name")))])
        #expect(try journal.commit(claim, .durable).succeeded)
        let second = try journal.commit(claim, .durable)
        #expect(!second.succeeded && second.revision == 7)
        guard case .range(let there) = second.responses[0] else { throw Unexpected() }
        #expect(there.keyValues.map(\.modRevision) == [7])
        let mixed = Transaction(then: [
            .put("/x", value: [1]), .delete(.prefix("/b")), .range(RangeRequest(.all)),
            .range(RangeRequest(.prefix("/b"), countOnly: true)),
        ])
        let answer = try journal.commit(mixed, .volatile)
        guard case .put(previous: nil) = answer.responses[0], case .delete(let removed) = answer.responses[1],
            case .range(let all) = answer.responses[2], case .range(let none) = answer.responses[3]
        else { throw Unexpected() }
        #expect(removed.map(\.key) == ["/b", "/b/c"] && none.count == 0)
        #expect(all.keyValues.map(\.key) == ["/a", "/c", "/name", "/x"])
        #expect(try journal.value(of: "/x")?.modRevision == 8)
        #expect(try keys(journal, RangeRequest(.prefix("/b"), at: 7)) == ["/b=5", "/b/c=3"])
    }

    private struct Unexpected: Error {}

    @Test(arguments: [
        (Comparison(.key("/a"), .version(1)), true), (Comparison(.key("/b"), .version(1), is: .greater), true),
        (Comparison(.key("/b"), .modRevision(6)), true), (Comparison(.key("/b"), .createRevision(6)), false),
        (Comparison(.key("/b"), .createRevision(6), is: .less), true), (Comparison(.key("/b"), .value(Array("5".utf8))), true),
        (Comparison(.key("/b"), .value(Array("5".utf8)), is: .notEqual), false), (Comparison(.key("/none"), .value([])), false),
        (Comparison(.key("/none"), .version(0)), true), (Comparison(.key("/none"), .modRevision(0), is: .notEqual), false),
        (Comparison(.all, .version(0), is: .greater), true), (Comparison(.all, .version(2), is: .less), false),
        (Comparison(.prefix("/none"), .version(7)), true),
    ])
    func `comparisons`(comparison: Comparison, holds: Bool) throws {
        let journal = try filled()
        let answer = try journal.commit(Transaction(if: [comparison], then: []), .volatile)
        #expect(answer.succeeded == holds)
    }

    @Test func `what no store could do is refused before anything is written`() throws {
        let journal = try filled()
        let before = machine.operations
        #expect(throws: JournalError.emptyKey) { try journal.put("", [1], .volatile) }
        #expect(throws: JournalError.tooLarge(limit: 3 << 19)) {
            try journal.put("/big", [UInt8](repeating: 1, count: 3 << 19), .volatile)
        }
        #expect(throws: JournalError.duplicateKey("/d")) {
            try journal.commit(Transaction(then: [.put("/d", value: []), .put("/d", value: [])]), .volatile)
        }
        #expect(throws: JournalError.duplicateKey("/d")) {
            try journal.commit(Transaction(then: [.delete(.prefix("/")), .put("/d", value: [])]), .volatile)
        }
        #expect(throws: JournalError.tooManyOperations(limit: 128)) {
            try journal.commit(Transaction(then: (0..<129).map { .put(Key("/\($0)"), value: []) }), .volatile)
        }
        #expect(machine.operations == before)
    }

    @Test func `a compacted revision is answered as such, and what still counts stays`() throws {
        let journal = try filled()
        try journal.delete(.key("/c"), .durable)
        try journal.compact(to: 7)
        #expect(throws: JournalError.compacted(7)) { try journal.range(RangeRequest(.all, at: 6)) }
        #expect(throws: JournalError.compacted(7)) { try journal.compact(to: 7) }
        #expect(throws: JournalError.futureRevision(7)) { try journal.compact(to: 8) }
        #expect(try keys(journal, RangeRequest(.all, at: 7)) == ["/a=1", "/b=5", "/b/c=3"])
        machine.cutPower(keeping: .nothing)
        let again = try machine.open()
        #expect(again.compactedRevision == 7)
        #expect(try keys(again, RangeRequest(.all)) == ["/a=1", "/b=5", "/b/c=3"])
    }

    @Test func `compaction gives space back and keeps what a long life needs`() throws {
        let journal = try machine.open()
        for number in 0..<400 {
            try journal.put(Key("/k\(number % 5)"), [UInt8](repeating: 1, count: 900), .volatile)
            if number % 50 == 49 { try journal.compact(to: journal.revision()) }
        }
        #expect(machine.store.names.count < 14, "\(machine.store.names.keys.sorted())")
        #expect(try journal.state().count == 5)
        #expect(try machine.open().state() == journal.state())
    }

    @Test func `a volatile record of an older boot is known as such`() throws {
        let journal = try machine.open()
        try journal.put("/volatile", [1], .volatile)
        try journal.put("/durable", [2], .durable)
        #expect(try journal.value(of: "/volatile")?.isFromEarlierBoot == false)
        machine.cutPower(keeping: .nothing)
        let again = try machine.open()
        let found = try #require(try again.value(of: "/volatile"), "what a durable transaction could see is durable with it")
        #expect(found.isVolatile && found.isFromEarlierBoot)
        #expect(try again.value(of: "/durable")?.isFromEarlierBoot == false)
        #expect(try again.put("/next", [3], .volatile) == 10, "revisions go on in the next block of 8")
    }
}
