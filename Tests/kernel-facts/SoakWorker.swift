import Glibc
import Journal
import JournalHistory
import LinuxKernel
import LinuxTypes

/// One process of the soak: a writer, a reader or a watcher, until its time is up or it is killed. It writes down what it does in a file of its own.
final class SoakWorker {
    enum Role: String, CaseIterable {
        case writer
        case reader
        case watcher
    }

    static let keys: UInt32 = 48
    /// Revisions of history that compactions keep.
    static let retained: Revision = 20_000

    let name: String
    let journal: Journal
    private let place: SoakPlace.Paths
    private let file: OwnedDescriptor
    private var random: SoakRandom
    /// The next write's: no other has it.
    private var nextID: UInt64
    private let marker: UInt32
    private let descriptors: Int
    private var turns = 0
    /// Those of our grants that may not be over yet, with what they were granted for; nil for our own life.
    private var leases: [(id: LeaseID, milliseconds: Int64?)] = []

    init(_ role: Role, _ number: Int, life: Int, seed: UInt64, _ place: SoakPlace.Paths) throws {
        name = "\(role.rawValue)-\(number)-\(life)"
        self.place = place
        // What the fork brought is not ours.
        descriptors = try Self.openDescriptors()
        journal = try Journal.open(place.store, runDirectory: place.run)
        file = try FileDescriptor.workingDirectory.open(
            place.base + "/history/" + name, [.writeOnly, .create, .exclusive, .append])
        random = SoakRandom(seed ^ UInt64(number) << 32 ^ UInt64(life) << 8 ^ UInt64(role.rawValue.utf8.count))
        nextID = UInt64(number + 1) << 48 | UInt64(life) << 32 | 1
        marker = 1000 + UInt32(number)
    }

    /// The first write of all.
    func makeStore() throws { try commit(History.Write(nextID, [.init(0)])) }

    func lookAtAll() throws { _ = try look(nil) }

    func write(until deadline: Int64) throws {
        while monotonicMicroseconds() < deadline {
            try writeOnce()
            if random.below(2500) == 0 { try journal.compact(keeping: Self.retained) }
            try rest()
        }
    }

    func read(until deadline: Int64) throws {
        while monotonicMicroseconds() < deadline {
            switch random.below(10) {
            case 0: _ = try look(nil)
            case 1, 2:
                let revision = try journal.revision() - Revision(random.below(2000))
                if revision > max(journal.compactedRevision, 1) { _ = try look(random.below(4) == 0 ? nil : key(), at: revision) }
            default: _ = try look(key())
            }
            try rest()
        }
    }

    /// Watches from a revision on, until all the others are done.
    func watch(from first: Revision) throws {
        let signal = try WriteSignal(runDirectory: place.run)
        var next = first
        let watch = try journal.watch(.all, from: next)
        while true {
            // Order: before the poll, whose emptiness is then the end.
            let isLast = try place.isDone()
            let batch = try watch.poll()
            if !batch.gaps.isEmpty { throw Broken(description: "\(name): \(batch.gaps)") }
            if batch.revision >= next {
                let events = try batch.events.map { event in
                    let isDelete = event.kind == .delete
                    return History.Stream.Event(
                        event.keyValue.modRevision, .init(try number(of: event.keyValue.key), isDelete: isDelete),
                        isDelete ? 0 : try SoakValue.id(event.keyValue.value))
                }
                try record(Recording.watched(.init(from: next, through: batch.revision, events)))
                next = batch.revision + 1
            } else if isLast {
                return
            } else {
                _ = try signal.wait(milliseconds: 50)
            }
            turns += 1
            if turns % 200 == 0 { try countDescriptors() }
        }
    }

    // MARK: one operation

    private func writeOnce() throws {
        if random.below(10) == 0 { try actOnLease() }
        let first = key()
        let id = nextID
        nextID += 1
        switch random.below(20) {
        case 0..<11:
            let lease = try lease(once: 3)
            // Keys that nobody else takes off their leases soon.
            let key = lease != 0 && random.below(2) == 0 ? marker + 1000 * UInt32(1 + random.below(4)) : first
            try commit(History.Write(id, [.init(key)], lease: lease))
        case 11..<15:
            // What it was, or now and then what it surely is not.
            let before = random.below(8) == 0 ? 1 : try look(first).first?.modRevision ?? 0
            // There must be a lease to keep, or at least a key.
            let lease = before > 0 && random.below(2) == 0 ? History.Write.keptLease : try lease(once: 4)
            try commit(History.Write(id, [.init(first)], if: before, lease: lease))
        case 15..<17:
            try commit(History.Write(id, [.init(first, isDelete: true), .init(marker)], if: try look(first).first?.modRevision))
        default:
            let second = (first + 1 + UInt32(random.below(Int(Self.keys) - 1))) % Self.keys
            try commit(History.Write(id, [.init(first), .init(second)], lease: try lease(once: 4)))
        }
    }

    // MARK: leases

    /// A lease for a put, once in so many times; else 0. Ours, or what some key hangs on.
    private func lease(once times: Int) throws -> LeaseID {
        guard random.below(times) == 0 else { return 0 }
        if leases.isEmpty || random.below(4) == 0 { return try look(key()).first?.lease ?? 0 }
        return leases[random.below(leases.count)].id
    }

    private func actOnLease() throws {
        let choice = random.below(10)
        if leases.isEmpty || choice < 4 {
            // Some are over before anything hangs on them.
            try act(.grant(milliseconds: Int64(1 + random.below(600))))
        } else if choice == 4 {
            if !leases.contains(where: { $0.milliseconds == nil }) { try act(.grantForLife) }
        } else if choice < 9 {
            let (id, milliseconds) = leases[random.below(leases.count)]
            if let milliseconds { try act(.keepAlive(id, milliseconds: milliseconds)) }
        } else {
            let id = try lease(once: 1)
            if id != 0 { try act(.revoke(id)) }
        }
    }

    private func act(_ kind: History.LeaseAct.Kind) throws {
        try record(Recording.call(.lease(.init(kind)), at: bootMicroseconds()))
        do throws(JournalError) {
            let durability = random.below(25) == 0 ? Durability.durable : .volatile
            let granted = try patiently(durability) { () throws(JournalError) in try carryOut(kind, durability) }
            try record(Recording.written(.succeeded, revision: granted, at: bootMicroseconds()))
        } catch {
            try refused(error)
        }
    }

    /// The number of a lease that was granted; else 0.
    private func carryOut(_ kind: History.LeaseAct.Kind, _ durability: Durability) throws(JournalError) -> LeaseID {
        switch kind {
        case .grant(let milliseconds):
            let id = try journal.grantLease(milliseconds: milliseconds, durability).id
            leases.append((id, milliseconds))
            return id
        case .grantForLife:
            let id = try journal.grantLease(process: currentPID(), durability).id
            leases.append((id, nil))
            return id
        case .keepAlive(let id, _): try journal.keepLeaseAlive(id, durability)
        case .revoke(let id):
            leases.removeAll { $0.id == id }
            try journal.revokeLease(id, durability)
        }
        return 0
    }

    /// Writes down that a lease is over. Nothing else may go wrong: nobody may have to wait so long, whoever is stopped is continued.
    private func refused(_ error: JournalError) throws {
        guard case .leaseNotFound(let id) = error else { throw Broken(description: "\(name): \(error)") }
        leases.removeAll { $0.id == id }
        try record(Recording.written(.refused, revision: 0, at: bootMicroseconds()))
    }

    // MARK: transactions

    private func commit(_ write: History.Write) throws {
        // A deletion of nothing is no event: only what is known to be there is deleted.
        if write.changes[0].isDelete, write.condition == nil { return }
        let value = SoakValue.bytes(write.id)
        var transaction = Transaction(
            then: write.changes.map { change in
                if change.isDelete { return .delete(.key(Self.key(change.key))) }
                if write.lease == History.Write.keptLease { return .put(Self.key(change.key), value: value, keeping: .lease) }
                return .put(Self.key(change.key), value: value, lease: write.lease)
            })
        if let condition = write.condition {
            transaction.comparisons = [.isUnchanged(Self.key(write.changes[0].key), since: condition)]
        }
        try record(Recording.call(.write(write), at: bootMicroseconds()))
        do throws(JournalError) {
            let durability = random.below(25) == 0 ? Durability.durable : .volatile
            let answer = try patiently(durability) { () throws(JournalError) in
                try journal.commit(transaction, durability)
            }
            let outcome: History.Write.Outcome = answer.succeeded ? .succeeded : .failed
            try record(Recording.written(outcome, revision: answer.revision, at: bootMicroseconds()))
        } catch {
            try refused(error)
        }
    }

    /// On a machine that others keep busy a turn may be long in coming: what was not begun is asked for again. Not from one that is stopped, and not
    /// where it may have taken place.
    private func patiently<Answer>(
        _ durability: Durability, _ body: () throws(JournalError) -> Answer
    ) throws(JournalError) -> Answer {
        for _ in 0..<5 {
            do throws(JournalError) {
                return try body()
            } catch {
                guard case .busy(let holder) = error, durability == .volatile, holder.state != "T" else { throw error }
            }
        }
        return try body()
    }

    private func look(_ key: UInt32?, at revision: Revision? = nil) throws -> [History.Read.Found] {
        try record(Recording.call(.read(.init(key, at: revision)), at: bootMicroseconds()))
        let answer: RangeAnswer
        do throws(JournalError) {
            answer = try journal.range(RangeRequest(key.map { .key(Self.key($0)) } ?? .all, at: revision))
        } catch {
            // It was given up meanwhile.
            guard case .compacted = error, revision != nil else { throw error }
            return []
        }
        if !answer.gaps.isEmpty { throw Broken(description: "\(name): \(answer.gaps)") }
        let found = try answer.keyValues.map {
            History.Read.Found(
                try number(of: $0.key), try SoakValue.id($0.value), $0.modRevision, lease: $0.lease, isExpired: $0.isLeaseExpired)
        }
        try record(Recording.found(found, revision: answer.revision, at: bootMicroseconds()))
        return found
    }

    private func rest() throws {
        turns += 1
        if turns % 200 == 0 { try countDescriptors() }
        // Bursts and lulls.
        if random.below(4) > 0 { pause(microseconds: random.below(4000)) }
    }

    // MARK: names, values, records

    private func key() -> UInt32 { UInt32(random.below(Int(Self.keys))) }

    static func key(_ number: UInt32) -> Key { Key("/k/\(number)") }

    private func number(of key: Key) throws -> UInt32 {
        guard let number = UInt32(key.description.dropFirst(3)) else { throw Broken(description: "\(name): key '\(key)'") }
        return number
    }

    private func record(_ words: [UInt64]) throws(JournalError) {
        do throws(KernelError) {
            try file.descriptor.writeAll(words.withUnsafeBytes { Array($0) })
        } catch { throw .kernel(error) }
    }

    private func countDescriptors() throws {
        let count = try Self.openDescriptors() - descriptors
        // Segments that are read, the directories, the lock, the shared header, the history.
        if count > 40 { throw Broken(description: "\(name): \(count) descriptors") }
    }

    private static func openDescriptors() throws -> Int {
        let directory = try FileDescriptor.workingDirectory.open("/proc/self/fd", [.readOnly, .directory])
        return try directory.descriptor.directoryEntries().count
    }
}

/// The clock by which leases are measured.
func bootMicroseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
}

/// A value that says which write it is of, and shows where it was torn: the id, then as many bytes of one kind as follow from it.
enum SoakValue {
    static func bytes(_ id: UInt64) -> [UInt8] {
        withUnsafeBytes(of: id) { Array($0) } + [UInt8](repeating: UInt8(truncatingIfNeeded: id) | 1, count: padding(id))
    }

    static func id(_ bytes: [UInt8]) throws -> UInt64 {
        guard bytes.count >= 8 else { throw Broken(description: "a value of \(bytes.count) bytes") }
        let id = bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
        if bytes != Self.bytes(id) {
            throw Broken(description: "a value of \(bytes.count) bytes that nobody wrote, as of id \(id)")
        }
        return id
    }

    private static func padding(_ id: UInt64) -> Int {
        var random = SoakRandom(id)
        return random.below(6) == 0 ? random.below(6000) : random.below(200)
    }
}

/// Random numbers from a seed, the same each time (SplitMix64).
struct SoakRandom {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// From 0 up to a limit, which is not reached.
    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
}
