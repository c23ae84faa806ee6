// Whether leases ended when they had to, and not before: at a deadline of the boot-time clock, with a process, or by a revoke. An end is nobody's write: it is
// known by the keys that it deleted. When it took place is known between the calls around it: before any answer that saw its revision.

/// What the calls and answers say of one lease, in whatever order they took place.
struct LeaseLife {
    /// It was not over before this moment: the latest deadline of which an answer was heard, or the last sign of life of its process.
    var earliest: Int64
    /// It was over from this moment on, if not before by a revoke.
    var deadline: Int64
    /// The first call that may have revoked it, and the answer of one that did.
    var revokedFrom = Int64.max
    var revoked = Int64.max

    init(earliest: Int64, latest: Int64) {
        self.earliest = earliest
        deadline = latest
    }

    /// It was over from this moment on.
    var latest: Int64 { min(deadline, revoked) }

    /// Whether it may have been over at a moment.
    func mayBeOver(at time: Int64) -> Bool { time >= earliest || time >= revokedFrom }
}

extension Checker {
    mutating func readLeases() {
        for operation in history.operations {
            guard case .lease(let act) = operation.action, act.outcome == .succeeded, operation.revision > 0 else { continue }
            if leases[operation.revision] != nil { report("lease \(operation.revision) was granted twice") }
            switch act.kind {
            case .grant(let milliseconds):
                leases[operation.revision] = LeaseLife(
                    earliest: Self.deadline(operation.invoked, milliseconds),
                    latest: Self.deadline(operation.responded, milliseconds))
            case .grantForLife:
                let end = history.ends[operation.process]
                leases[operation.revision] = LeaseLife(earliest: end?.earliest ?? .max, latest: end?.latest ?? .max)
            case .keepAlive, .revoke: break
            }
        }
        for operation in history.operations {
            guard case .lease(let act) = operation.action else { continue }
            switch act.kind {
            case .grant, .grantForLife: break
            case .keepAlive(let id, let milliseconds): noteKeepAlive(id, milliseconds, operation, act.outcome)
            case .revoke(let id):
                guard act.outcome != .refused, var life = leases[id] else { break }
                life.revokedFrom = min(life.revokedFrom, operation.invoked)
                if act.outcome == .succeeded { life.revoked = min(life.revoked, operation.responded) }
                leases[id] = life
            }
        }
    }

    private mutating func noteKeepAlive(_ id: Int64, _ milliseconds: Int64, _ operation: Operation, _ outcome: Write.Outcome) {
        guard var life = leases[id] else { return }
        if outcome == .succeeded { life.earliest = max(life.earliest, Self.deadline(operation.invoked, milliseconds)) }
        // One that was not heard may have taken place at any time.
        let latest = operation.responded == Operation.never ? Int64.max : Self.deadline(operation.responded, milliseconds)
        life.deadline = max(life.deadline, latest)
        leases[id] = life
    }

    /// The store counts whole milliseconds.
    private static func deadline(_ time: Int64, _ milliseconds: Int64) -> Int64 { (time / 1000 + milliseconds) * 1000 }

    mutating func checkLeases() {
        var sweep = LeaseSweep(self)
        for placed in order { sweep.take(placed) }
        violations += sweep.violations
        checkLeaseAnswers(sweep.ended)
    }

    /// What answers say of leases: marks of keys, and refusals.
    private mutating func checkLeaseAnswers(_ ended: [Int64: Int64]) {
        for (index, operation) in history.operations.enumerated() where operation.responded != Operation.never {
            switch operation.action {
            case .read(let read): checkMarks(read, operation, index)
            case .write(let write):
                if write.outcome == .refused, let life = leases[write.lease], !life.mayBeOver(at: operation.responded) {
                    report("\(name(index)) was refused, though lease \(write.lease) was not over")
                }
            case .lease(let act):
                guard case .keepAlive(let id, _) = act.kind, let life = leases[id] else { continue }
                if act.outcome == .refused, !life.mayBeOver(at: operation.responded) {
                    report("\(name(index)) was refused, though lease \(id) was not over")
                }
                if act.outcome == .succeeded, let end = ended[id], operation.invoked > end {
                    report("\(name(index)) succeeded, though lease \(id) had ended")
                }
            }
        }
    }

    private mutating func checkMarks(_ read: Read, _ operation: Operation, _ index: Int) {
        for found in read.found where found.lease != 0 {
            guard let life = leases[found.lease] else {
                report("\(name(index)) found lease \(found.lease), which nobody was granted")
                continue
            }
            if found.isExpired, read.at != nil || !life.mayBeOver(at: operation.responded) {
                report("\(name(index)) was told that lease \(found.lease) is over, which it was not")
            }
            if !found.isExpired, read.at == nil, operation.invoked > life.latest {
                report("\(name(index)) was not told that lease \(found.lease) is over")
            }
        }
    }
}

/// All transactions in their order, with the keys that hang on leases.
private struct LeaseSweep {
    private let checker: Checker
    /// By place in the order: the earliest answer that saw that revision or a later one.
    private let seen: [Int64: Int64]
    private var leaseOf: [UInt32: Int64] = [:]
    private var keysOf: [Int64: Set<UInt32>] = [:]
    private(set) var violations: [String] = []
    /// Leases that have ended with keys, and when that was at the latest.
    private(set) var ended: [Int64: Int64] = [:]

    init(_ checker: Checker) {
        self.checker = checker
        var answers = checker.history.operations.filter { $0.responded != Checker.Operation.never && $0.revision > 0 }
        answers.sort { $0.revision < $1.revision }
        var seen: [Int64: Int64] = [:]
        var next = answers.count
        var earliest = Int64.max
        for placed in checker.order.reversed() {
            while next > 0, answers[next - 1].revision >= placed.revision {
                next -= 1
                earliest = min(earliest, answers[next].responded)
            }
            if checker.history.operations[placed.operation].process == Checker.nobody { seen[placed.revision] = earliest }
        }
        self.seen = seen
    }

    mutating func take(_ placed: Checker.Placed) {
        guard let write = checker.write(placed) else { return }
        let operation = checker.history.operations[placed.operation]
        if operation.process == Checker.nobody { return end(write, at: placed.revision) }
        // Whoever writes ends what is over before he looks.
        for id in keysOf.keys {
            if let latest = checker.leases[id]?.latest, operation.invoked > latest {
                violations.append("\(checker.name(placed.operation)) took place before the end of lease \(id), which was over")
                // Said once.
                detach(all: id)
            }
        }
        if write.lease > 0 { checkUse(write.lease, operation, placed) }
        for change in write.changes {
            let lease = change.isDelete ? 0 : write.lease == Checker.Write.keptLease ? leaseOf[change.key] ?? 0 : write.lease
            attach(change.key, to: lease)
        }
    }

    private mutating func checkUse(_ id: Int64, _ operation: Checker.Operation, _ placed: Checker.Placed) {
        let text = "\(checker.name(placed.operation)) put a key under lease \(id)"
        guard let life = checker.leases[id] else { return violations.append("\(text), which nobody was granted") }
        if ended[id] != nil || operation.invoked > life.latest { violations.append("\(text), which was over") }
    }

    /// Keys that went together: those of one lease or more, all of them, and each of the leases was over.
    private mutating func end(_ write: Checker.Write, at revision: Int64) {
        let moment = seen[revision] ?? .max
        var ids: Set<Int64> = []
        for change in write.changes {
            guard let id = leaseOf[change.key], id != 0 else {
                violations.append("key \(change.key) was deleted by nobody at revision \(revision), and hung on no lease")
                continue
            }
            ids.insert(id)
        }
        let deleted = Set(write.changes.map(\.key))
        for id in ids {
            if let left = keysOf[id]?.subtracting(deleted), !left.isEmpty {
                violations.append("lease \(id) ended at revision \(revision) and left \(left.count) keys behind")
            }
            if let life = checker.leases[id], !life.mayBeOver(at: moment) {
                violations.append(
                    "lease \(id) ended at revision \(revision), seen at \(moment), "
                        + (life.earliest == .max ? "though its process lives" : "\(life.earliest - moment) µs too early"))
            }
            ended[id] = moment
            detach(all: id)
        }
    }

    private mutating func attach(_ key: UInt32, to lease: Int64) {
        if let old = leaseOf.removeValue(forKey: key) {
            keysOf[old]?.remove(key)
            if keysOf[old]?.isEmpty == true { keysOf[old] = nil }
        }
        guard lease != 0 else { return }
        leaseOf[key] = lease
        keysOf[lease, default: []].insert(key)
    }

    private mutating func detach(all id: Int64) {
        for key in keysOf.removeValue(forKey: id) ?? [] { leaseOf[key] = nil }
    }
}
