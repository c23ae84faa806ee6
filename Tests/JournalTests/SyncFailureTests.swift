import LinuxKernel
import LinuxTypes
import Testing

@testable import Journal

/// A sync that fails is told once, to one open file: whoever asks again is told that all is well. Nobody may believe it.
@Suite("failed syncs") struct SyncFailureTests {
    private let machine = SimulatedMachine(seed: 3)

    /// The next sync of the store's disk fails, and the kernel forgets the pages.
    private func failNextSync(_ journal: Journal) throws {
        try journal.put("/before", [1], .volatile)
        machine.fault = .error(.EIO)
        machine.faultCall = "fdatasync"
    }

    private func expectFailure(_ journal: Journal, _ key: Key) throws {
        do throws(JournalError) {
            try journal.put(key, [2], .durable)
        } catch {
            guard case .syncFailed(_, let cause) = error else { throw error }
            #expect(cause.call == "fdatasync", "\(cause)")
            return
        }
        Issue.record("acknowledged although the sync failed")
    }

    @Test func `processes that opened before and after the failure acknowledge nothing until all is written again`() throws {
        let before = try machine.open()
        let failing = try machine.open()
        try failing.put("/first", [0], .durable)
        try before.refresh()
        try failNextSync(failing)
        try expectFailure(failing, "/lost?")
        #expect(machine.isFaultMet)
        let segments = machine.store.names.keys.filter { $0.hasPrefix("segment") }.count
        let after = try machine.open()
        // Both see what was written; the first who writes writes it again elsewhere.
        #expect(try before.value(of: "/lost?")?.value == [2])
        let revision = try after.put("/next", [3], .durable)
        #expect(machine.store.names.keys.filter { $0.hasPrefix("segment") }.count == segments + 1)
        #expect(try before.value(of: "/next")?.modRevision == revision)
        machine.cutPower(keeping: .nothing)
        let reopened = try machine.open()
        #expect(try reopened.gaps().isEmpty)
        #expect(try reopened.state().keys.sorted() == ["/before", "/first", "/lost?", "/next"])
    }

    @Test func `one who waits for the same sync is not told that all is well`() throws {
        let failing = try machine.open()
        let waiting = try machine.open()
        try failing.put("/first", [0], .durable)
        // The other has written and not yet synced when the sync fails.
        let revision = try waiting.put("/waiting", [1], .volatile)
        let end = waiting.log.tail
        try failNextSync(failing)
        try expectFailure(failing, "/x")
        #expect(throws: JournalError.self) { try waiting.log.makeDurable(upTo: end, revision: revision) }
        // Once somebody has rescued it, it is durable.
        try failing.put("/rescue", [1], .durable)
        try waiting.log.makeDurable(upTo: end, revision: revision)
        machine.cutPower(keeping: .nothing)
        #expect(try machine.open().value(of: "/waiting")?.value == [1])
    }

    @Test func `a failure that nobody can know of any more is taken for one`() throws {
        let journal = try machine.open()
        try journal.put("/first", [0], .durable)
        try failNextSync(journal)
        try expectFailure(journal, "/lost?")
        // Somebody empties the run directory of a running machine.
        machine.loseRunDirectory()
        let after = try machine.open()
        try after.put("/next", [1], .durable)
        machine.cutPower(keeping: .nothing)
        #expect(try machine.open().state().keys.sorted() == ["/before", "/first", "/lost?", "/next"])
    }

    @Test(arguments: 1...40)
    func `a disk that lies about syncs loses data, but not its order`(seed: UInt64) throws {
        let machine = SimulatedMachine(seed: seed)
        let workload = Workload(seed: seed &+ 500, count: 30)
        var model = Model()
        machine.liesAboutSync = false
        let journal = try machine.open()
        try journal.put("/first", [1], .durable)
        model.commit([.put("/first", value: [1])], revision: 2, isDurable: true)
        machine.liesAboutSync = true
        for step in workload.steps {
            let answer = try journal.commit(Transaction(then: step.operations), step.durability)
            model.commit(step.operations, revision: answer.revision, isDurable: false)
        }
        machine.cutPower(keeping: .anything)
        machine.liesAboutSync = false
        let again = try machine.open()
        if try again.gaps().isEmpty {
            let found = try again.state()
            let isPrefix = try model.step(matching: found, from: 1, upTo: again.revision()) != nil
            let isMarked = try again.check().contains { $0.isDamage }
            #expect(isPrefix || isMarked, "seed \(seed): neither a state that was nor marked")
        }
        let revision = try again.put("/after", [1], .durable)
        #expect(try again.value(of: "/after")?.modRevision == revision)
    }
}
