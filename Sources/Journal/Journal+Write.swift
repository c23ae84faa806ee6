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
    /// otherwise.
    public func commit(_ transaction: Transaction, _ durability: Durability) throws(JournalError) -> TransactionAnswer {
        try transaction.validate()
        try log.ensureReserve()
        while true {
            let attempt = try attempt(transaction, durability)
            retired = nil
            switch attempt {
            case .done(let answer, let end):
                if let end, durability == .durable { try log.makeDurable(upTo: end, revision: answer.revision) }
                log.refillReserve()
                if index.isShared { index.growAhead() } else { share() }
                return answer
            case .needs(let chore):
                try log.perform(chore) { () throws(JournalError) in try refresh() }
            case .again: continue
            }
        }
    }

    private enum Attempt {
        /// With the position behind the record, where one was written.
        case done(TransactionAnswer, end: UInt64?)
        case needs(Log.Chore)
        /// The index was not what it should be: what was read from it is worth nothing.
        case again
    }

    /// One go under the writer's lock.
    private func attempt(_ transaction: Transaction, _ durability: Durability) throws(JournalError) -> Attempt {
        try log.lockForWriting()
        defer { log.unlockForWriting() }
        try refresh()
        let evaluation = Evaluation(self)
        var answer = try evaluation.run(transaction)
        if index.isBroken { return .again }
        // What was only read may have been seen before it was on the disk: a durable reader waits for that.
        if evaluation.changes.isEmpty { return .done(answer, end: log.tail > log.watermark ? log.tail : nil) }
        let entries = evaluation.entries
        let length = Record.length(of: entries)
        guard length <= RecordHeader.lengthLimit else { throw .tooLarge(limit: RecordHeader.lengthLimit) }
        if let chore = try log.prepare(length: length, weight(entries)) { return .needs(chore) }
        guard let state = try log.shared.readHeld() else { return .needs(.boot) }
        let revision = log.nextRevision(state)
        var record = Record(
            log.header(.transaction, durable: durability == .durable, revision: revision),
            entries: entries.map { $0.written(at: revision) })
        try log.append(&record) { record, segment in
            take(record, segment)
            publish()
        }
        answer.revision = revision
        return .done(answer, end: log.tail)
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
