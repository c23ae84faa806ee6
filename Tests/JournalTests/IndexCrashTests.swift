import LinuxTypes
import Testing

@testable import Journal

/// For n = 1, 2, 3, …: a writer is killed at its n-th store into the shared index. Those who have the index open go on with it, and so do those who
/// open it then.
@Suite("a writer killed in the index") struct IndexCrashTests {
    private struct Case: Sendable {
        let name: String
        /// Before the writer that is killed opens.
        let before: @Sendable (Journal) throws -> Void
        let killed: @Sendable (Journal) throws -> Void
        /// What is half done is a state that never was.
        var isOneTransaction = true
    }

    private static let cases = [
        Case(name: "a new key", before: { _ in }, killed: { try $0.put("/k25", [1, 2, 3], .volatile) }),
        Case(
            name: "a new value of another size", before: { _ in },
            killed: { try $0.put("/k3", [UInt8](repeating: 8, count: 300), .volatile) }),
        Case(name: "a new value of the same size", before: { _ in }, killed: { try $0.put("/k3", [7], .durable) }),
        Case(name: "a deletion", before: { _ in }, killed: { try $0.delete(.prefix("/k1"), .volatile) }),
        Case(
            name: "several at once", before: { _ in },
            killed: {
                _ = try $0.commit(
                    Transaction(then: [
                        .put("/a", value: [1]), .put("/k2", value: [2]), .delete(.key("/k3")), .put("/z", value: [4]),
                    ]),
                    .volatile)
            }),
        Case(
            name: "many new keys", before: { _ in },
            killed: {
                for part in 0..<3 {
                    _ = try $0.commit(
                        Transaction(then: (0..<60).map { .put(Key("/many/\(part)/\($0)"), value: [UInt8($0)]) }), .volatile)
                }
            }, isOneTransaction: false),
        Case(
            name: "a compaction that carries",
            before: { for number in 0..<40 { try $0.put("/fill", [UInt8](repeating: UInt8(number), count: 700), .volatile) } },
            killed: { try $0.compact(to: $0.revision()) }),
        Case(
            name: "a lease and a key on it", before: { _ in },
            killed: { try hold($0, ["/held"], milliseconds: 1000) }, isOneTransaction: false),
        Case(
            name: "a lease that ends before a put", before: { try hold($0, ["/k1", "/k2", "/held"], milliseconds: 10) },
            killed: { journal in
                (journal.log.options.clock as? SimulatedClock)?.milliseconds += 10
                try journal.put("/x", [7], .volatile)
            }, isOneTransaction: false),
    ]

    private static func hold(_ journal: Journal, _ keys: [Key], milliseconds: Int64) throws {
        let lease = try journal.grantLease(milliseconds: milliseconds, .volatile)
        _ = try journal.commit(Transaction(then: keys.map { .put($0, value: [1], lease: lease.id) }), .volatile)
    }

    @Test(arguments: 0..<9) func `leaves an index that others go on with`(number: Int) throws {
        let chosen = Self.cases[number]
        var points = 0
        var cut = 1
        while try run(chosen, cut: cut) {
            points += 1
            // The long ones repeat themselves.
            cut += cut > 150 ? 11 : 1
        }
        print("➜ \(chosen.name): \(cut) stores, \(points) of them tried")
        // A value of the same size takes over the block of the one before: seven stores.
        #expect(points >= 7, "\(points)")
    }

    /// False where the writer came to its end before.
    private func run(_ chosen: Case, cut: Int) throws -> Bool {
        let machine = SimulatedMachine(seed: UInt64(cut))
        let first = try machine.open()
        for number in 0..<24 { try first.put(Key("/k\(number)"), [UInt8(number)], .volatile) }
        try chosen.before(first)
        let before = try first.state()
        let reader = try machine.open { $0.isWritable = false }
        let revision = try reader.revision()
        let writer = try machine.open()
        #expect(writer.index.isShared && reader.index.isShared)
        writer.index.memory.stores = StoreCount(limit: cut) { machine.end() }
        do { try chosen.killed(writer) } catch {}
        guard machine.isDead else { return false }
        machine.killProcess()
        let context = "\(chosen.name), store \(cut)"
        // Readers see what was, or what was written, and the old revision as it was.
        let seen = try reader.state()
        let compacted = reader.compactedRevision
        if compacted <= revision { #expect(try reader.state(at: revision) == before, "\(context)") }
        let truth = try machine.open { $0.sharesIndex = false }.state()
        if chosen.isOneTransaction { #expect(seen == before || seen == truth, "\(context)") }
        let second = try machine.open()
        #expect(try second.state() == truth, "\(context)")
        #expect(try first.state() == truth, "\(context)")
        let after = try first.put("/after", [9], .volatile)
        try second.put("/k3", [UInt8](repeating: 3, count: 200), .volatile)
        let expected = try machine.open { $0.sharesIndex = false }.state()
        for journal in [first, second, reader, try machine.open()] {
            #expect(journal.index.isShared, "\(context)")
            #expect(try journal.value(of: "/after")?.modRevision == after, "\(context)")
            #expect(try journal.state() == expected, "\(context)")
            if after > revision, journal.compactedRevision <= revision {
                #expect(try journal.state(at: revision) == before, "\(context)")
            }
        }
        #expect(try first.check().filter(\.isDamage) == [], "\(context)")
        return true
    }
}
