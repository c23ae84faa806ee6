@testable import Journal

// Leases in the model are keys of a state too, which no range shows: what a lease is stands in the numbers of the value.

/// A change that a model and a journal make alike.
enum Act {
    case transaction([Operation])
    /// `milliseconds` nil: as long as the machine's one process that is not ours.
    case grant(milliseconds: UInt64?)
    case keepAlive(LeaseID)
    case revoke(LeaseID)
}

extension Model {
    static func key(_ lease: LeaseID) -> Key { Key("\u{0}lease \(lease)") }

    /// The numbers of the leases of a state, in order.
    static func leases(_ state: State) -> [LeaseID] {
        state.keys.compactMap { key in
            guard key.bytes.first == 0 else { return nil }
            let words = key.description.split(separator: " ")
            return words.first == "\u{0}lease" ? Int64(words[1]) : nil
        }.sorted()
    }

    static func value(_ row: LeaseTable.Row, boot: Identifier) -> Value {
        Value(
            value: [row.kind], create: Int64(row.end), mod: Int64(truncatingIfNeeded: boot.first),
            version: row.kind == 2 ? 1 : Int64(row.scope))
    }

    /// What the state is when all leases that are over have ended; nil where none is.
    func ended(_ machine: SimulatedMachine) -> State? {
        var result = state
        var isAny = false
        for id in Self.leases(state) where isOver(id, machine) {
            isAny = true
            result = Self.without(id, result)
        }
        return isAny ? result : nil
    }

    func isOver(_ id: LeaseID, _ machine: SimulatedMachine) -> Bool {
        guard let lease = state[Self.key(id)] else { return false }
        if lease.mod != Int64(truncatingIfNeeded: machine.boot.first) { return true }
        return lease.value == [2] ? lease.create != machine.clock.started : lease.create <= machine.clock.milliseconds
    }

    private static func without(_ id: LeaseID, _ state: State) -> State {
        var result = state.filter { $0.value.lease != id }
        result[key(id)] = nil
        return result
    }

    /// What an act makes of a state; nil where it is refused.
    func applying(_ act: Act, to base: State, _ machine: SimulatedMachine, revision: Revision?) -> State? {
        var state = base
        switch act {
        case .transaction(let operations):
            for case .put(let key, _, let lease, let kept) in operations {
                if lease != 0 && base[Self.key(lease)] == nil || !kept.isEmpty && base[key] == nil { return nil }
            }
            return applying(operations, to: base, revision: revision)
        case .grant(let milliseconds):
            let row: LeaseTable.Row =
                if let milliseconds {
                    .deadline(milliseconds: milliseconds, from: machine.clock.milliseconds)
                } else {
                    .process(7, startTime: machine.clock.started, namespace: 1)
                }
            state[Self.key(revision ?? -1)] = Self.value(row, boot: machine.boot)
        case .keepAlive(let id):
            guard let lease = base[Self.key(id)], lease.value == [1] else { return nil }
            state[Self.key(id)]?.create = max(lease.create, Int64(machine.clock.milliseconds) + lease.version)
        case .revoke(let id):
            guard base[Self.key(id)] != nil else { return nil }
            return Self.without(id, state)
        }
        return state
    }

    /// An act on a journal and on the model, which is right up to the moment in which the process dies.
    mutating func perform(
        _ act: Act, on journal: Journal, _ machine: SimulatedMachine, _ durability: Durability
    ) throws(JournalError) {
        let ended = ended(machine)
        let base = ended ?? state
        let before = steps
        if let ended { steps.append(Step(state: ended, revision: nil, isDurable: false)) }
        let own = applying(act, to: base, machine, revision: nil)
        if let own, own != base { steps.append(Step(state: own, revision: nil, isDurable: false)) }
        let answer = try carryOut(act, on: journal, durability)
        // What is refused is refused after the leases that are over were ended.
        let revision = if let answer { answer } else { try journal.revision() }
        steps = before
        if (answer == nil) != (own == nil) { wrong.append("\(act) at \(revision): answered \(answer ?? 0)") }
        if let ended { steps.append(Step(state: ended, revision: nil, isDurable: false)) }
        if let done = own == nil ? nil : applying(act, to: base, machine, revision: answer), done != base {
            steps.append(Step(state: done, revision: revision, isDurable: durability == .durable))
        } else if ended != nil {
            steps[steps.count - 1].revision = revision
        }
        highestRevision = max(highestRevision, revision)
        answered = steps.count - 1
        if durability == .durable, answer != nil { promised = steps.count - 1 }
    }

    /// The revision; nil where it was refused for want of a lease.
    private func carryOut(_ act: Act, on journal: Journal, _ durability: Durability) throws(JournalError) -> Revision? {
        do throws(JournalError) {
            switch act {
            case .transaction(let operations): return try journal.commit(Transaction(then: operations), durability).revision
            case .grant(let milliseconds):
                if let milliseconds { return try journal.grantLease(milliseconds: Int64(milliseconds), durability).id }
                return try journal.grantLease(process: 7, durability).id
            case .keepAlive(let id): return try journal.carryOut(.keepAlive(id), durability).answer.revision
            case .revoke(let id): return try journal.carryOut(.revoke(id), durability).answer.revision
            }
        } catch {
            switch error {
            case .keyNotFound, .leaseNotFound, .leaseWithoutDeadline: return nil
            default: throw error
            }
        }
    }

    /// A lease whose number was never heard has it now.
    static func named(_ found: State, as expected: State, above highest: Revision) -> State {
        guard expected[key(-1)] != nil, let id = leases(found).last, id > highest, expected[key(id)] == nil else { return found }
        var found = found
        found[key(-1)] = found.removeValue(forKey: key(id))
        return found
    }
}

extension Journal {
    /// The leases as the model has them.
    func leaseState(at revision: Revision?) throws(JournalError) -> Model.State {
        var state: Model.State = [:]
        let version = index.version(of: OwnKeys.table, at: revision ?? log.revision)
        guard let version, let bytes = try bytes(of: version) else { return state }
        let table = bytes.withUnsafeBytes { bytes -> LeaseTable? in
            do throws(JournalError) { return try LeaseTable(bytes) } catch { return nil }
        }
        for row in table?.rows ?? [] { state[Model.key(row.id)] = Model.value(row, boot: table?.boot ?? log.boot) }
        return state
    }

    /// What the leases say of their keys and the keys of their leases is the same, and the same as the model says.
    func leaseViolations(_ model: Model, _ machine: SimulatedMachine) throws(JournalError) -> [String] {
        var violations: [String] = []
        let found = try range(RangeRequest(.all)).keyValues
        for id in Model.leases(model.state) {
            let isOver = model.isOver(id, machine)
            if try lease(id)?.isExpired != isOver { violations.append("lease \(id) is over: \(isOver)") }
            let held = found.filter { $0.lease == id }
            if try keys(ofLease: id) != held.map(\.key) { violations.append("lease \(id) has \(try keys(ofLease: id))") }
            violations += held.filter { $0.isLeaseExpired != isOver }.map { "'\($0.key)' is marked wrongly" }
        }
        let attachments = index.countOwn(in: OwnKeys.all, at: log.revision)
        let leased = found.filter { $0.lease != 0 }.count
        let table = Model.leases(model.state).isEmpty ? 0 : 1
        if attachments != leased + table { violations.append("\(attachments) own keys for \(leased) with a lease") }
        if try range(RangeRequest(.all, countOnly: true)).count != found.count { violations.append("a count of other keys") }
        return violations
    }
}

extension Index {
    func countOwn(in range: KeyRange, at revision: Revision) -> Int {
        var count = 0
        forEachOwn(in: range, at: revision) { _, _ in count += 1 }
        return count
    }
}

/// The clock of a simulated machine, and its one other process.
final class SimulatedClock: LeaseClock {
    var milliseconds: UInt64 {
        get {
            let asked = whenAsked
            whenAsked = nil
            asked?()
            return now
        }
        set { now = newValue }
    }
    private var now: UInt64 = 1000
    /// What others do when somebody asks for the time, before he is told; once.
    var whenAsked: (() -> Void)?
    /// When the process of pid 7 started: another number is another process.
    var started: UInt64 = 1
    var namespace: UInt64? = 1
    /// How all other processes are, we among them.
    var others = ProcessLife.ended
    /// How often somebody looked at a process.
    private(set) var looks = 0

    func life(of pid: Int32, startTime: UInt64) -> ProcessLife {
        looks += 1
        return pid == 7 ? startTime == started ? .alive : .ended : others
    }

    func startTime(of pid: Int32) -> UInt64? { pid == 7 ? started : nil }
}

/// Puts a key under a lease.
func put(_ journal: Journal, _ key: Key, _ lease: LeaseID) throws(JournalError) {
    _ = try journal.commit(Transaction(then: [.put(key, value: [1], lease: lease)]), .volatile)
}
