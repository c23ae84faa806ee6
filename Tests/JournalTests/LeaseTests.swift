import Testing

@testable import Journal

/// Leases, by the rules of etcd, on a clock that the test winds.
@Suite("leases") struct LeaseTests {
    private let machine = SimulatedMachine(seed: 3)

    private func keys(_ journal: Journal) throws -> [Key] { try journal.range(RangeRequest(.all)).keyValues.map(\.key) }

    @Test func `a lease goes with its keys when its time is over, at one revision before the next write`() throws {
        let journal = try machine.open()
        let lease = try journal.grantLease(milliseconds: 500, .volatile)
        #expect(lease.id == 2 && lease.remaining == 500 && !lease.isExpired)
        for key in ["/a", "/b", "/c"] { try put(journal, Key(key), lease.id) }
        try journal.put("/c", [2], .volatile)
        try journal.put("/d", [2], .volatile)
        #expect(try journal.keys(ofLease: lease.id) == ["/a", "/b"], "a put without a lease takes a key off its lease")
        let watch = try journal.watch(.all)
        machine.clock.milliseconds += 499
        #expect(try journal.value(of: "/a")?.isLeaseExpired == false)
        machine.clock.milliseconds += 1
        let flagged = try machine.open { $0.isWritable = false }
        #expect(try flagged.range(RangeRequest(.all)).keyValues.map(\.isLeaseExpired) == [true, true, false, false])
        #expect(try flagged.value(of: "/a", at: 3)?.isLeaseExpired == false, "history is what was")
        #expect(try flagged.leases().map(\.remaining) == [0] && flagged.lease(2)?.isExpired == true)
        // The next writer's comparison sees no dead key.
        let answer = try journal.commit(Transaction(if: [.isAbsent("/a")], then: [.put("/e", value: [])]), .durable)
        #expect(answer.succeeded && answer.revision == 9)
        let events = try watch.poll().events
        #expect(events.map(\.keyValue.key) == ["/a", "/b", "/e"] && events.map(\.keyValue.modRevision) == [8, 8, 9])
        #expect(events[0].kind == .delete && events[0].keyValue.lease == 0)
        #expect(try journal.leases() == [] && keys(journal) == ["/c", "/d", "/e"])
        #expect(try journal.value(of: "/a", at: 7)?.lease == 2)
    }

    @Test func `an unknown or expired lease takes no key and is not kept alive`() throws {
        let journal = try machine.open()
        #expect(throws: JournalError.leaseNotFound(7)) { try put(journal, "/a", 7) }
        #expect(throws: JournalError.leaseNotFound(-1)) { try put(journal, "/a", -1) }
        #expect(throws: JournalError.tooLarge(limit: Lease.keyLimit)) {
            try put(journal, Key([UInt8](repeating: 1, count: Lease.keyLimit + 1)), 7)
        }
        let lease = try journal.grantLease(milliseconds: 10, .volatile)
        machine.clock.milliseconds += 10
        #expect(throws: JournalError.leaseNotFound(lease.id)) { try put(journal, "/a", lease.id) }
        #expect(throws: JournalError.leaseNotFound(lease.id)) { try journal.keepLeaseAlive(lease.id, .volatile) }
        #expect(throws: JournalError.leaseNotFound(lease.id)) { try journal.revokeLease(lease.id, .volatile) }
        #expect(throws: JournalError.leaseTime(0)) { try journal.grantLease(milliseconds: 0, .volatile) }
        #expect(throws: JournalError.leaseTime(Lease.longestTime + 1)) {
            try journal.grantLease(milliseconds: Lease.longestTime + 1, .volatile)
        }
        #expect(try journal.grantLease(milliseconds: Lease.longestTime, .volatile).remaining == Lease.longestTime)
    }

    @Test func `keep-alive puts a deadline off by what was granted`() throws {
        let journal = try machine.open()
        let id = try journal.grantLease(milliseconds: 100, .volatile).id
        machine.clock.milliseconds += 90
        #expect(try journal.keepLeaseAlive(id, .volatile).remaining == 100)
        machine.clock.milliseconds += 90
        #expect(try journal.lease(id)?.remaining == 10)
        let process = try journal.grantLease(process: 7, .volatile)
        #expect(throws: JournalError.leaseWithoutDeadline(process.id)) { try journal.keepLeaseAlive(process.id, .volatile) }
    }

    @Test func `revoke deletes a lease and its keys in one transaction`() throws {
        let journal = try machine.open()
        let id = try journal.grantLease(milliseconds: 100, .volatile).id
        let other = try journal.grantLease(milliseconds: 100, .volatile).id
        for number in 0..<5 { try put(journal, Key("/\(number)"), id) }
        try put(journal, "/3", other)
        let revision = try journal.revision()
        #expect(try journal.revokeLease(id, .durable) == ["/0", "/1", "/2", "/4"])
        #expect(try journal.revision() == revision + 1)
        #expect(try keys(journal) == ["/3"] && journal.leases().map(\.id) == [other])
        #expect(throws: JournalError.leaseNotFound(id)) { try journal.revokeLease(id, .durable) }
        #expect(try journal.grantLease(milliseconds: 1, .volatile).id > other, "no number comes twice")
    }

    @Test func `a lease with more keys than a record takes ends in parts, and at last`() throws {
        let journal = try machine.open()
        let id = try journal.grantLease(milliseconds: 100, .volatile).id
        for part in 0..<150 {
            let puts = (0..<100).map { Operation.put(Key("/\(part)/\($0)/a-key-of-some-length"), value: [], lease: id) }
            _ = try journal.commit(Transaction(then: puts), .volatile)
        }
        let revision = try journal.revision()
        machine.clock.milliseconds += 100
        #expect(try journal.put("/after", [], .volatile) == revision + 3)
        #expect(try keys(journal) == ["/after"] && journal.leases() == [])
    }

    @Test func `a lease lasts as long as its process, and no longer than that process`() throws {
        let journal = try machine.open()
        #expect(throws: JournalError.noProcess(8, reason: "is no process that runs")) {
            try journal.grantLease(process: 8, .volatile)
        }
        #expect(throws: JournalError.noProcess(7, reason: "is another process by now")) {
            try journal.grantLease(process: 7, startTime: 2, .volatile)
        }
        let id = try journal.grantLease(process: 7, startTime: 1, .volatile).id
        for number in 0..<40 { try put(journal, Key("/\(number)"), id) }
        machine.clock.milliseconds += 1 << 40
        let looks = machine.clock.looks
        #expect(try journal.range(RangeRequest(.all)).keyValues.allSatisfy { !$0.isLeaseExpired })
        #expect(machine.clock.looks == looks + 1, "one look for one read")
        // The pid is another process's.
        machine.clock.started += 1
        #expect(try journal.lease(id)?.isExpired == true)
        try journal.put("/x", [], .volatile)
        #expect(try keys(journal) == ["/x"])
    }

    @Test func `who is in another PID namespace takes nobody for dead`() throws {
        let journal = try machine.open()
        let id = try journal.grantLease(process: 7, .volatile).id
        try put(journal, "/a", id)
        machine.clock.namespace = 2
        machine.clock.started += 1
        let elsewhere = try machine.open()
        try elsewhere.put("/b", [], .volatile)
        #expect(try keys(elsewhere) == ["/a", "/b"] && elsewhere.lease(id)?.isExpired == false)
        machine.clock.namespace = nil
        #expect(throws: JournalError.self) { try machine.open().grantLease(process: 7, .volatile) }
    }

    @Test func `no lease outlives its boot`() throws {
        let journal = try machine.open()
        let id = try journal.grantLease(milliseconds: Lease.longestTime, .volatile).id
        try put(journal, "/a", id)
        try journal.put("/b", [], .durable)
        machine.cutPower(keeping: .nothing)
        let again = try machine.open()
        #expect(try again.value(of: "/a")?.isLeaseExpired == true, "a durable put took its lease along")
        #expect(try again.lease(id)?.isExpired == true)
        try again.put("/c", [], .volatile)
        #expect(try keys(again) == ["/b", "/c"] && again.leases() == [])
    }

    @Test func `leases outlive compaction, and a store without leases is one that never had any`() throws {
        let journal = try machine.open()
        let id = try journal.grantLease(milliseconds: 1000, .volatile).id
        try put(journal, "/held", id)
        for round in 0..<6 {
            for number in 0..<40 { try journal.put(Key("/k\(number % 3)"), [UInt8](repeating: 1, count: 900), .volatile) }
            try journal.compact(to: journal.revision())
            let fresh = try machine.open { $0.sharesIndex = round % 2 == 0 }
            #expect(try fresh.keys(ofLease: id) == ["/held"] && fresh.lease(id)?.remaining == 1000)
        }
        #expect(try journal.check() == [])
        try journal.revokeLease(id, .volatile)
        #expect(journal.index.mayHoldOwnKeys)
        for number in 0..<80 { try journal.put(Key("/k\(number % 3)"), [UInt8](repeating: 1, count: 900), .volatile) }
        try journal.compact(to: journal.revision())
        #expect(try !machine.open { $0.sharesIndex = false }.index.mayHoldOwnKeys)
    }

    @Test func `nobody sees or changes the store's own keys`() throws {
        let journal = try machine.open()
        let id = try journal.grantLease(milliseconds: 1000, .volatile).id
        try put(journal, "/a", id)
        try journal.put(Key([0]), [7], .volatile)
        try journal.put(Key([0, 0x6d]), [7], .volatile)
        let own = Key(OwnKeys.table)
        #expect(throws: JournalError.reservedKey(own)) { try journal.put(own, [], .volatile) }
        #expect(throws: JournalError.reservedKey(Key(own.bytes + [1]))) { try journal.put(Key(own.bytes + [1]), [], .volatile) }
        #expect(try journal.value(of: own) == nil && journal.value(of: own, at: 2) == nil)
        for range in [KeyRange.all, .prefix(Key([0])), .from(Key([0])), .key(own), .prefix(own)] {
            let found = try journal.range(RangeRequest(range))
            #expect(found.keyValues.allSatisfy { !OwnKeys.contains($0.key.bytes) })
            #expect(try journal.range(RangeRequest(range, countOnly: true)).count == found.keyValues.count)
            #expect(found.count == found.keyValues.count)
        }
        #expect(try journal.watch(.all, from: 1).poll().events.map(\.keyValue.key) == ["/a", Key([0]), Key([0, 0x6d])])
        #expect(try journal.delete(.all, .volatile) == 3)
        #expect(try journal.leases().map(\.id) == [id] && journal.keys(ofLease: id) == [])
    }

    @Test func `a transaction sees its own changes of leases`() throws {
        let journal = try machine.open()
        let first = try journal.grantLease(milliseconds: 1000, .volatile).id
        let second = try journal.grantLease(milliseconds: 1000, .volatile).id
        try put(journal, "/a", first)
        let move = Transaction(then: [
            .put("/a", value: [], lease: second), .put("/b", value: [], lease: second), .delete(.key("/b")),
            .range(RangeRequest(.all)),
        ])
        guard case .range(let answer) = try journal.commit(move, .volatile).responses[3] else { return #expect(Bool(false)) }
        #expect(answer.keyValues.map(\.lease) == [second] && answer.count == 1)
        #expect(try journal.keys(ofLease: first) == [] && journal.keys(ofLease: second) == ["/a"])
        let revision = try journal.revision()
        let refused = Transaction(then: [.put("/c", value: []), .put("/d", value: [], lease: 99)])
        #expect(throws: JournalError.leaseNotFound(99)) { try journal.commit(refused, .volatile) }
        #expect(try journal.revision() == revision && keys(journal) == ["/a"])
    }

    @Test func `a put keeps the lease or the value of a key, or both`() throws {
        let journal = try machine.open()
        let first = try journal.grantLease(milliseconds: 1000, .volatile).id
        let second = try journal.grantLease(milliseconds: 1000, .volatile).id
        func commit(_ operations: Operation...) throws -> TransactionAnswer {
            try journal.commit(Transaction(then: operations), .volatile)
        }
        func expect(_ key: Key, _ value: [UInt8], _ lease: LeaseID, version: Int64, line: Int = #line) throws {
            let found = try #require(try journal.value(of: key))
            #expect(found.value == value && found.lease == lease && found.version == version, "line \(line)")
            #expect(try journal.keys(ofLease: lease).contains(key) == (lease != 0), "line \(line)")
        }
        try put(journal, "/a", first)
        _ = try commit(.put("/a", value: [2], keeping: .lease))
        try expect("/a", [2], first, version: 2)
        _ = try commit(.put("/a", value: [], lease: second, keeping: .value))
        try expect("/a", [2], second, version: 3)
        #expect(try journal.keys(ofLease: first) == [])
        let answer = try commit(.put("/a", value: [], keeping: [.value, .lease]))
        try expect("/a", [2], second, version: 4)
        guard case .put(let previous?) = answer.responses[0] else { return #expect(Bool(false)) }
        #expect(previous.version == 3 && previous.lease == second && previous.value == [], "without its value, as of any put")
        _ = try commit(.put("/a", value: [], keeping: .value))
        try expect("/a", [2], 0, version: 5)
        // A key without a lease keeps that it has none.
        _ = try commit(.put("/a", value: [3], keeping: .lease))
        try expect("/a", [3], 0, version: 6)
        // What was kept goes with the lease.
        try put(journal, "/b", second)
        _ = try commit(.put("/b", value: [4], keeping: .lease))
        #expect(try journal.revokeLease(second, .volatile) == ["/b"])
    }

    @Test func `nothing is kept of a key that does not exist, nor beside what is given`() throws {
        let journal = try machine.open()
        let id = try journal.grantLease(milliseconds: 10, .volatile).id
        func refused(_ error: JournalError, _ operations: Operation..., line: Int = #line) throws {
            let revision = try journal.revision()
            #expect(throws: error, "line \(line)") { try journal.commit(Transaction(then: operations), .volatile) }
            #expect(try journal.revision() == revision, "line \(line)")
        }
        try put(journal, "/a", id)
        try refused(.keyNotFound("/no"), .put("/yes", value: [1]), .put("/no", value: [1], keeping: .lease))
        try refused(.keyNotFound("/no"), .put("/no", value: [], keeping: .value))
        try refused(.valueProvided("/a"), .put("/a", value: [1], keeping: .value))
        try refused(.leaseProvided("/a"), .put("/a", value: [1], lease: id, keeping: .lease))
        try refused(.leaseNotFound(99), .put("/a", value: [], lease: 99, keeping: .value))
        // A key whose lease is over does not exist any more.
        machine.clock.milliseconds += 10
        #expect(throws: JournalError.keyNotFound("/a")) {
            try journal.commit(Transaction(then: [.put("/a", value: [2], keeping: .lease)]), .volatile)
        }
        #expect(try keys(journal) == [] && journal.leases() == [])
    }

    /// A reader that was stopped between its look at the store and its look at the clock took a lease for over that somebody had kept alive meanwhile: it
    /// was told so although the lease never ended. The soak found it.
    @Test func `there is a limit, and all up to it work`() throws {
        let journal = try machine.open()
        for _ in 0..<Lease.limit { _ = try journal.grantLease(milliseconds: 1000, .volatile) }
        #expect(throws: JournalError.tooManyLeases(limit: Lease.limit)) { try journal.grantLease(milliseconds: 1, .volatile) }
        #expect(try machine.open().leases().count == Lease.limit)
        machine.clock.milliseconds += 1000
        #expect(try journal.grantLease(milliseconds: 1, .volatile).id > 0)
        #expect(try journal.leases().count == 1)
    }

    @Test func `check names keys whose lease does not exist, and reads and writes go on`() throws {
        let journal = try machine.open()
        let id = try journal.grantLease(milliseconds: 1000, .durable).id
        try put(journal, "/a", id)
        #expect(try journal.check() == [])
        // A program that knows no leases deletes all keys that it sees.
        let evaluation = Evaluation(journal)
        evaluation.change(Entry(isDelete: true, key: OwnKeys.table, modRevision: 0))
        try journal.log.lockForWriting()
        _ = try journal.write(evaluation, isDurable: true)
        journal.log.unlockForWriting()
        #expect(try journal.check() == [.missingLease("/a", id)])
        #expect(try journal.value(of: "/a")?.isLeaseExpired == false)
        #expect(try journal.leases() == [] && journal.keys(ofLease: id) == ["/a"])
        try journal.put("/a", [], .durable)
        #expect(try journal.check() == [])
    }

    @Test func `a key that a program without leases took off its lease stays`() throws {
        let journal = try machine.open()
        let id = try journal.grantLease(milliseconds: 100, .volatile).id
        try put(journal, "/a", id)
        let evaluation = Evaluation(journal)
        evaluation.change(Entry(key: Array("/a".utf8), value: [2], createRevision: 3, version: 2, modRevision: 0))
        try journal.log.lockForWriting()
        _ = try journal.write(evaluation, isDurable: true)
        journal.log.unlockForWriting()
        #expect(try journal.keys(ofLease: id) == [])
        machine.clock.milliseconds += 100
        try journal.put("/b", [], .volatile)
        #expect(try keys(journal) == ["/a", "/b"] && journal.leases() == [])
        #expect(journal.index.countOwn(in: OwnKeys.all, at: journal.log.revision) == 0)
    }

    @Test func `a table of a newer program is not touched`() throws {
        let journal = try machine.open()
        var bytes = LeaseTable(boot: machine.boot).bytes(at: 2)
        bytes[0] = 2
        let evaluation = Evaluation(journal)
        evaluation.change(Entry(key: OwnKeys.table, value: bytes, version: 1, modRevision: 0))
        try journal.put("/a", [], .volatile)
        try journal.log.lockForWriting()
        _ = try journal.write(evaluation, isDurable: true)
        journal.log.unlockForWriting()
        #expect(throws: JournalError.self) { try journal.grantLease(milliseconds: 1, .volatile) }
        #expect(throws: JournalError.self) { try journal.leases() }
        try journal.put("/b", [], .volatile)
        #expect(try keys(journal) == ["/a", "/b"])
    }

    @Test(arguments: [0, 1, 23, 24, 55, 57])
    func `bytes that are no table are none`(count: Int) throws {
        var table = LeaseTable(boot: machine.boot)
        table.rows = [.deadline(milliseconds: 5, from: 7)]
        let whole = table.bytes(at: 9)
        let cut = Array((whole + [0, 0, 0]).prefix(count))
        #expect(try cut.withUnsafeBytes { bytes throws in try LeaseTable(bytes) } == nil)
        let read = try whole.withUnsafeBytes { bytes throws in try LeaseTable(bytes) }
        #expect(read?.rows.map(\.id) == [9] && read?.rows[0].end == 12 && read?.boot == machine.boot)
    }

    @Test func `a watcher that may write ends what has expired, and one that may not says so`() throws {
        let journal = try machine.open()
        try put(journal, "/a", try journal.grantLease(milliseconds: 100, .volatile).id)
        let watcher = try machine.open()
        let watch = try watcher.watch(.all)
        let reader = try machine.open { $0.isWritable = false }
        let idle = try reader.watch(.all)
        machine.clock.milliseconds += 100
        #expect(try idle.poll().events == [] && reader.value(of: "/a")?.isLeaseExpired == true)
        #expect(throws: JournalError.readOnly) { try reader.endLeases() }
        #expect(try watch.poll().events.map(\.kind) == [.delete])
        #expect(try idle.poll().events.map(\.kind) == [.delete])
    }

    @Test func `stores without leases are asked nothing about them`() throws {
        let journal = try machine.open()
        try journal.put("/a", [], .volatile)
        #expect(!journal.index.mayHoldOwnKeys && journal.knownLeases == nil)
        #expect(try journal.leaseSignal().entries.isEmpty)
        _ = try journal.value(of: "/a")
        #expect(journal.leaseLook == nil && machine.clock.looks == 0)
    }
}
