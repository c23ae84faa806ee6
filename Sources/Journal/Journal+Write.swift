internal import LinuxKernel

extension Journal {
    /// Puts one value.
    @discardableResult
    public func put(_ key: Key, _ value: [UInt8], _ durability: Durability) throws(JournalError) -> Revision {
        try commit(Transaction(then: [.put(key, value: value)]), durability).revision
    }

    /// Deletes the keys of a range; how many there were.
    @discardableResult
    public func delete(_ keys: KeyRange, _ durability: Durability) throws(JournalError) -> Int {
        let answer = try commit(Transaction(then: [.delete(keys)]), durability)
        guard case .delete(let removed) = answer.responses.first else { return 0 }
        return removed.count
    }

    /// Carries out a transaction. A durable one is on the disk when this returns, with all that it could see; where it throws `syncFailed`, it took
    /// place and may yet be lost with the power. After any other error it may or may not have taken place if the error is the kernel's, and has not
    /// otherwise. Leases that have expired are ended before it, by a transaction of their own.
    public func commit(_ transaction: Transaction, _ durability: Durability) throws(JournalError) -> TransactionAnswer {
        try transaction.validate()
        return try carryOut(.transaction(transaction), durability).answer
    }

    /// What is done at one revision.
    enum Work {
        case transaction(Transaction)
        case grant(LeaseTable.Row)
        case keepAlive(LeaseID)
        case revoke(LeaseID)
        /// Nothing but what comes before all work.
        case nothing
    }

    /// With false where a lease has more keys than one record takes.
    func carryOut(_ work: Work, _ durability: Durability) throws(JournalError) -> (answer: TransactionAnswer, isWhole: Bool) {
        try log.ensureReserve()
        while true {
            let attempt = try attempt(work, durability)
            retired = nil
            switch attempt {
            case .done(let answer, let end, let isWhole):
                if let end, durability == .durable { try log.makeDurable(upTo: end, revision: answer.revision) }
                log.refillReserve()
                if index.isShared { index.growAhead() } else { share() }
                return (answer, isWhole)
            case .needs(let chore):
                try log.perform(chore) { () throws(JournalError) in try refresh() }
            case .again: continue
            }
        }
    }

    enum Attempt {
        /// With the position behind the record, where one was written.
        case done(TransactionAnswer, end: UInt64?, isWhole: Bool = true)
        case needs(Log.Chore)
        /// The index was not what it should be: what was read from it is worth nothing. Or there is more to do before.
        case again
    }

    /// One go under the writer's lock.
    private func attempt(_ work: Work, _ durability: Durability) throws(JournalError) -> Attempt {
        try log.lockForWriting()
        defer { log.unlockForWriting() }
        // Order: before the clock is looked at.
        if case .keepAlive(let id) = work { try log.announce(id) }
        try refresh()
        // Order: before anything is read, so that nothing that follows sees keys that should be gone.
        if index.mayHoldOwnKeys, let other = try endDueLeases() { return other }
        let evaluation = Evaluation(self)
        var (answer, isWhole) = try evaluation.run(work)
        if index.isBroken { return .again }
        // What was only read may have been seen before it was on the disk: a durable reader waits for that.
        if evaluation.isEmpty { return .done(answer, end: log.tail > log.watermark ? log.tail : nil) }
        if let chore = try write(evaluation, isDurable: durability == .durable) { return .needs(chore) }
        answer.revision = log.revision
        return .done(answer, end: log.tail, isWhole: isWhole)
    }

    /// Writes the changes at the next revision, or says what must be done before.
    func write(_ evaluation: Evaluation, isDurable: Bool, _ weight: Log.Weight? = nil) throws(JournalError) -> Log.Chore? {
        // Order: without a revision first, which is known when there is a place for the record.
        let entries = evaluation.entries
        let length = Record.length(of: entries)
        guard length <= RecordHeader.lengthLimit else { throw .tooLarge(limit: RecordHeader.lengthLimit) }
        if let chore = try log.prepare(length: length, weight ?? self.weight(entries)) { return chore }
        guard let state = try log.shared.readHeld() else { return .boot }
        let revision = log.nextRevision(state)
        var record = Record(
            log.header(.transaction, durable: isDurable, revision: revision), entries: evaluation.written(entries, at: revision))
        try log.append(&record) { record, segment in
            take(record, segment)
            publish()
        }
        leaseLook = nil
        return nil
    }

    private func weight(_ entries: [Entry]) -> Log.Weight {
        if entries.allSatisfy(\.isDelete) { return .relief }
        return entries.reduce(0) { $0 + $1.value.count + $1.key.count } <= 4096 ? .small : .ordinary
    }
}

extension Entry {
    /// The same with its revision, which is known last. A key that is new is created there.
    func written(at revision: Revision) -> Entry {
        var result = self
        result.modRevision = revision
        if !isDelete, createRevision == 0 { result.createRevision = revision }
        return result
    }
}
