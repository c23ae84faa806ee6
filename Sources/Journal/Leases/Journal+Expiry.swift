internal import LinuxKernel

// When a lease is over, and who says so. It is over by itself; the next who writes makes that a transaction, before his own, so that all see the keys go at
// one revision.

/// Which leases have expired, asked once for one read: each process is looked at once, the clock is the same for all.
struct LeaseLook {
    let table: LeaseTable
    let now: UInt64
    var answers: [LeaseID: Bool] = [:]
}

/// What a read knows of a deadline that has passed. The lease may be kept alive by a writer who looked at the clock before that, and was slow or stopped
/// since: told that it is over, a reader would see it live again.
enum DeadlineDoubt: Equatable {
    /// None was met.
    case none
    /// One was met: the answer does not count.
    case open
    /// All are over but this lease, which is being kept alive; 0 for none.
    case settled(LeaseID)
}

extension Journal {
    /// All leases now. None where the table is damaged: what hung on them stays, and `check` names it.
    func leaseTable() throws(JournalError) -> LeaseTable {
        guard index.mayHoldOwnKeys, let version = index.version(of: OwnKeys.table, at: log.revision) else {
            return LeaseTable(boot: log.boot)
        }
        if let knownLeases, knownLeases.revision == version.modRevision { return knownLeases.table }
        // Order: not kept where the index turned out to be broken on the way.
        guard let found = try bytes(of: version), let table = try Self.table(found), !index.isBroken else {
            return LeaseTable(boot: log.boot)
        }
        knownLeases = (version.modRevision, table)
        return table
    }

    private static func table(_ bytes: [UInt8]) throws(JournalError) -> LeaseTable? {
        var failure: JournalError?
        let table = bytes.withUnsafeBytes { bytes -> LeaseTable? in
            do throws(JournalError) { return try LeaseTable(bytes) } catch {
                failure = error
                return nil
            }
        }
        if let failure { throw failure }
        return table
    }

    /// Whether a lease has expired; false for one that does not exist.
    func hasExpired(_ id: LeaseID) throws(JournalError) -> Bool {
        if leaseLook == nil {
            let table = try readableLeases() ?? LeaseTable(boot: log.boot)
            leaseLook = LeaseLook(table: table, now: moment)
        }
        if let answer = leaseLook?.answers[id] { return answer }
        guard let look = leaseLook, let index = look.table.index(of: id) else { return false }
        let answer = hasExpired(look.table.rows[index], of: look.table, at: look.now) && !isKeptAlive(look.table.rows[index])
        leaseLook?.answers[id] = answer
        return answer
    }

    /// Whether a lease that has expired is none yet, as far as a reader can know. A writer knows: nobody else is one.
    private func isKeptAlive(_ row: LeaseTable.Row) -> Bool {
        if row.kind != LeaseTable.Row.Kind.deadline || log.isWriting { return false }
        if case .settled(let id) = doubt { return id == row.id }
        doubt = .open
        return false
    }

    /// Finds out which of the leases whose deadlines passed before `moment` is being kept alive.
    func settleDeadlines() throws(JournalError) {
        // Order: the announcement before the news. Who has not announced it yet will find the lease over; whoever has done it is in the news.
        doubt = .settled(try log.leaseBeingKept())
        leaseLook = nil
        try takeNews()
    }

    /// nil for the leases of a newer program, of which nothing can be said.
    func readableLeases() throws(JournalError) -> LeaseTable? {
        do throws(JournalError) { return try leaseTable() } catch {
            guard case .newerFormat = error else { throw error }
            return nil
        }
    }

    private func hasExpired(_ row: LeaseTable.Row, of table: LeaseTable, at now: UInt64) -> Bool {
        if table.boot != log.boot { return true }
        switch row.kind {
        case LeaseTable.Row.Kind.deadline: return row.end <= now
        case LeaseTable.Row.Kind.process:
            // We are alive.
            let isOurs = UInt64(UInt32(bitPattern: row.pid)) == log.holder.pid & 0xffff_ffff && row.end == log.holder.startTime
            if isOurs { return false }
            return row.scope == pidNamespace && log.options.clock.life(of: row.pid, startTime: row.end) == .ended
        default: return false
        }
    }

    /// Ends what has expired, under the writer's lock, by a transaction of its own. nil where the work can go on.
    ///
    /// It is volatile, whatever the work is: where the power takes it, it takes the boot too, and then all leases have expired.
    func endDueLeases() throws(JournalError) -> Attempt? {
        guard let table = try readableLeases(), !table.rows.isEmpty else { return index.isBroken ? .again : nil }
        var look = LeaseLook(table: table, now: log.options.clock.milliseconds)
        var due: [LeaseID] = []
        for row in table.rows {
            let isOver = hasExpired(row, of: table, at: look.now)
            if isOver { due.append(row.id) }
            // The work that follows need not look again.
            if row.kind == LeaseTable.Row.Kind.process { look.answers[row.id] = isOver }
        }
        leaseLook = look
        if index.isBroken { return .again }
        if due.isEmpty { return nil }
        let evaluation = Evaluation(self)
        let isWhole = try evaluation.end(due).isWhole
        if index.isBroken { return .again }
        if let chore = try write(evaluation, isDurable: false, .relief) { return .needs(chore) }
        // Others may come between: there is as much as a record holds.
        return isWhole ? nil : .again
    }

    /// For who polls. What goes wrong is met again by the next who writes: until then the leases have expired, and reads say so.
    func endExpiredLeases() {
        guard index.mayHoldOwnKeys else { return }
        do throws(JournalError) { try endLeases() } catch {}
    }
}
