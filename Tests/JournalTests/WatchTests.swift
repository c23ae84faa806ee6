import Testing

@testable import Journal

@Suite("watches") struct WatchTests {
    private let machine = SimulatedMachine(seed: 2)

    private func text(_ batch: EventBatch) -> [String] {
        batch.events.map { event in
            let sign = event.kind == .put ? "+" : "-"
            let before = event.previous.map { "(\(String(decoding: $0.value, as: UTF8.self)))" } ?? ""
            return "\(sign)\(event.keyValue.key)@\(event.keyValue.modRevision)\(before)"
        }
    }

    @Test func `every change of a range comes once, in order, with what was there before`() throws {
        let writer = try machine.open()
        let watcher = try machine.open()
        try writer.put("/a", [49], .volatile)
        try writer.put("/z", [50], .volatile)
        let watch = try watcher.watch(.prefix("/a"), from: 1, wantsPrevious: true)
        #expect(text(try watch.poll()) == ["+/a@2"])
        #expect(text(try watch.poll()) == [])
        try writer.put("/a", [51], .durable)
        _ = try writer.commit(
            Transaction(then: [.put("/a/b", value: [52]), .delete(.key("/a")), .delete(.key("/z"))]), .volatile)
        let batch = try watch.poll()
        #expect(text(batch) == ["+/a@4(1)", "+/a/b@5", "-/a@5(3)"])
        #expect(batch.revision == 5)
        try writer.put("/z", [1], .volatile)
        let idle = try watch.poll()
        #expect(idle.events.isEmpty && idle.revision == 6, "how far it is, also where nothing of it happened")
    }

    @Test func `changes of some keys are those that a watch gives, and cost no look at the others`() throws {
        let writer = try machine.open()
        for number in 0..<300 {
            let key = Key("/k\(number * 7 % 11)/\(number % 3)")
            if number % 13 == 5 {
                _ = try writer.commit(Transaction(then: [.delete(.prefix(Key("/k\(number % 11)")))]), .volatile)
            } else {
                try writer.put(key, [UInt8](repeating: UInt8(number % 250), count: 300), number % 5 == 0 ? .durable : .volatile)
            }
            if number == 120 { try writer.compact(to: 60) }
        }
        let reader = try machine.open()
        for range in (0..<11).map({ KeyRange.prefix(Key("/k\($0)")) }) + [.key("/k3/1"), .key("/none"), .prefix("/zzz"), .all] {
            for behind in [Revision(60), 100, 250, 299] {
                let whole = try reader.watch(range, from: behind + 1).poll()
                let some = try reader.changes(of: range, behind: behind)
                #expect(text(some) == text(whole) && some.revision == whole.revision)
                #expect(some.events.map(\.time) == whole.events.map(\.time))
            }
        }
        #expect(throws: JournalError.compacted(60)) { _ = try reader.changes(of: .all, behind: 59) }
    }

    @Test func `a watch from now on sees what comes`() throws {
        let journal = try machine.open()
        try journal.put("/a", [1], .volatile)
        let watch = try journal.watch(.all)
        #expect(try watch.poll().events.isEmpty)
        try journal.put("/b", [1], .volatile)
        #expect(text(try watch.poll()) == ["+/b@3"])
    }

    @Test func `across segments, restarts and a new boot nothing is missed or given twice`() throws {
        var writer = try machine.open()
        var seen: [Revision] = []
        var given: [Revision] = []
        var watcher = try machine.open()
        var watch = try watcher.watch(.all, from: 1)
        for number in 0..<120 {
            given.append(
                try writer.put(Key("/k\(number % 3)"), [UInt8](repeating: 7, count: 700), number % 2 == 0 ? .durable : .volatile))
            if number % 7 == 0 { seen += try watch.poll().events.map(\.keyValue.modRevision) }
            if number == 60 {
                seen += try watch.poll().events.map(\.keyValue.modRevision)
                try writer.put("/sync", [1], .durable)
                given.append(try writer.revision())
                machine.cutPower(keeping: .nothing)
                writer = try machine.open()
                watcher = try machine.open()
                watch = try watcher.watch(.all, from: (seen.last ?? 0) + 1)
            }
        }
        seen += try watch.poll().events.map(\.keyValue.modRevision)
        #expect(seen == given)
    }

    @Test func `a start that was compacted is answered with the compacted revision`() throws {
        let journal = try machine.open()
        for number in 0..<60 { try journal.put("/k", [UInt8](repeating: UInt8(number), count: 900), .volatile) }
        let late = try machine.open().watch(.all, from: 1)
        try journal.compact(to: 50)
        #expect(throws: JournalError.compacted(50)) { try journal.watch(.all, from: 50) }
        #expect(throws: JournalError.compacted(50)) { try late.poll() }
        let watch = try journal.watch(.all, from: 51)
        #expect(try watch.poll().events.map(\.keyValue.modRevision) == Array(51...61))
    }
}
