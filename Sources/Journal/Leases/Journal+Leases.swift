internal import LinuxKernel

extension Journal {
    /// Grants a lease that ends so many milliseconds from now, unless it is kept alive. Its number is the revision of the grant.
    public func grantLease(milliseconds: Int64, _ durability: Durability) throws(JournalError) -> Lease {
        guard milliseconds > 0, milliseconds <= Lease.longestTime else { throw .leaseTime(milliseconds) }
        let now = log.options.clock.milliseconds
        return try grant(.deadline(milliseconds: UInt64(milliseconds), from: now), durability)
    }

    /// Grants a lease that lasts as long as a process. `startTime`, in clock ticks since the boot, is what the caller knows of it: a pid alone may be
    /// another's by now. Throws `noProcess` for one that is gone, is another, or cannot be seen for certain: pids mean nothing where `/proc` is of
    /// another PID namespace than ours.
    public func grantLease(
        process pid: Int32, startTime: UInt64? = nil, _ durability: Durability
    ) throws(JournalError) -> Lease {
        guard let namespace = pidNamespace else {
            throw .noProcess(pid, reason: "means nothing: /proc is of another PID namespace")
        }
        let clock = log.options.clock
        let found = try kernel { () throws(KernelError) in pid > 0 ? try clock.startTime(of: pid) : nil }
        guard let found else { throw .noProcess(pid, reason: "is no process that runs") }
        guard startTime == nil || startTime == found else { throw .noProcess(pid, reason: "is another process by now") }
        return try grant(.process(pid, startTime: found, namespace: namespace), durability)
    }

    private func grant(_ row: LeaseTable.Row, _ durability: Durability) throws(JournalError) -> Lease {
        var granted = row
        granted.id = try carryOut(.grant(row), durability).answer.revision
        return lease(granted, isExpired: false)
    }

    /// Puts the deadline of a lease off, to as many milliseconds from now as it was granted for. Throws `leaseNotFound` for one that has expired.
    @discardableResult
    public func keepLeaseAlive(_ id: LeaseID, _ durability: Durability) throws(JournalError) -> Lease {
        _ = try carryOut(.keepAlive(id), durability)
        guard let lease = try lease(id) else { throw .leaseNotFound(id) }
        return lease
    }

    /// Ends a lease and deletes the keys that hang on it, in one transaction; where they are more than a record takes (8,000 keys of 50 bytes are not),
    /// in several, of which the last ends the lease. Returns the keys.
    @discardableResult
    public func revokeLease(_ id: LeaseID, _ durability: Durability) throws(JournalError) -> [Key] {
        var removed: [Key] = []
        while true {
            do throws(JournalError) {
                let (answer, isWhole) = try carryOut(.revoke(id), durability)
                if case .delete(let keys) = answer.responses.first { removed += keys.map(\.key) }
                if isWhole { return removed }
            } catch {
                // It expired, or somebody revoked it, between two of them.
                guard case .leaseNotFound = error, !removed.isEmpty else { throw error }
                return removed
            }
        }
    }

    /// All leases in the order of their grants, those that have expired among them until somebody writes.
    public func leases() throws(JournalError) -> [Lease] {
        try refresh()
        return try withoutMoving { () throws(JournalError) in
            let table = try leaseTable()
            var leases: [Lease] = []
            for row in table.rows { leases.append(lease(row, isExpired: try hasExpired(row.id))) }
            return leases
        }
    }

    /// A lease; nil where there is none of this number.
    public func lease(_ id: LeaseID) throws(JournalError) -> Lease? { try leases().first { $0.id == id } }

    /// The keys that hang on a lease, in order; none where there is no such lease.
    public func keys(ofLease id: LeaseID) throws(JournalError) -> [Key] {
        try refresh()
        return try withoutMoving { () throws(JournalError) in
            var keys: [Key] = []
            index.forEachOwn(in: OwnKeys.attachments(to: id), at: log.revision) { attachment, _ in
                let key = OwnKeys.key(ofAttachment: attachment)
                if index.version(of: key, at: log.revision)?.lease == id { keys.append(Key(key)) }
            }
            return keys
        }
    }

    /// Ends the leases that have expired, and deletes their keys. Every writer does that before his own work: this is for who waits and does not write.
    public func endLeases() throws(JournalError) {
        guard try leases().contains(where: \.isExpired) else { return }
        _ = try carryOut(.nothing, .volatile)
    }

    /// What wakes when the next lease ends; never where none can. Order: made before the poll whose answer was empty, or an end in between is slept
    /// through.
    public func leaseSignal() throws(JournalError) -> LeaseSignal {
        try refresh()
        var rows: [LeaseTable.Row] = []
        if index.mayHoldOwnKeys {
            rows = try withoutMoving { () throws(JournalError) in
                var rows: [LeaseTable.Row] = []
                for row in try readableLeases()?.rows ?? [] where !(try hasExpired(row.id)) { rows.append(row) }
                return rows
            }
        }
        return try signal(rows)
    }

    private func signal(_ rows: [LeaseTable.Row]) throws(JournalError) -> LeaseSignal {
        do throws(KernelError) { return try LeaseSignal(rows, namespace: rows.isEmpty ? nil : pidNamespace) } catch {
            throw .kernel(error)
        }
    }

    private func lease(_ row: LeaseTable.Row, isExpired: Bool) -> Lease {
        switch row.kind {
        case LeaseTable.Row.Kind.deadline:
            let now = log.options.clock.milliseconds
            return Lease(
                id: row.id, term: .time(milliseconds: Int64(clamping: row.scope)),
                remaining: isExpired ? 0 : Int64(clamping: row.end - min(now, row.end)), isExpired: isExpired)
        case LeaseTable.Row.Kind.process:
            return Lease(id: row.id, term: .process(pid: row.pid, startTime: row.end), remaining: nil, isExpired: isExpired)
        default: return Lease(id: row.id, term: .unknown, remaining: nil, isExpired: isExpired)
        }
    }
}
