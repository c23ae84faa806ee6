internal import LinuxKernel

// Which index a process reads: the one that all share, or one of its own. Everybody looks for the shared one first. Who finds none reads the log; who may
// write then puts what he has made of it in the run directory. A writer who cannot follow a shared index ends it, before he writes: its readers would
// not see what he writes.

extension Journal {
    /// Takes in what was written since the last call.
    func refresh() throws(JournalError) {
        if leaseLook != nil { leaseLook = nil }
        doubt = .none
        // Order: the clock before the news. What is over by then is over in them; by a later one a lease may be over that somebody keeps alive just now.
        moment = index.mayHoldOwnKeys ? log.options.clock.milliseconds : 0
        try takeNews()
        if moment > 0 || !index.mayHoldOwnKeys { return }
        moment = log.options.clock.milliseconds
        try takeNews()
    }

    func takeNews() throws(JournalError) {
        if index.isBroken { try leaveIndex() }
        if index.isShared, try keepFollowing() { return }
        if !index.isShared, try join() {
            if !log.isWriting { return }
            if try keepFollowing() { return }
        }
        try readLog()
    }

    /// Follows the shared index to its end, and, as a writer, the log behind it. False where it is left.
    private func keepFollowing() throws(JournalError) -> Bool {
        if index.isSuperseded { return try moveOn() }
        if index.sequence != followed.sequence {
            guard let publication = index.publication() else { return try leaveIndex() }
            follow(publication)
        }
        if log.isWriting { return try catchUpForAll() }
        // Our own last append failed: what there is of it, we say before others find it.
        return log.inspectedTail == nil ? try settleOwnFailure() : true
    }

    func follow(_ publication: IndexPublication) {
        followed = publication
        log.follow(publication)
    }

    /// The index was superseded. Its maker renames the new one in the next instant, or was killed before: until then it is what it was, as long as
    /// nobody has written.
    private func moveOn() throws(JournalError) -> Bool {
        index.isShared = false
        wantsToJoin = true
        if try join() { return log.isWriting ? try catchUpForAll() : true }
        if !log.isWriting, let state = try log.readTold(), state[.tail] == log.tail {
            index.isShared = true
            return true
        }
        return try leaveIndex()
    }

    /// What stands behind the end of the index was written by somebody who was killed before he could say so. Under the writer's lock.
    private func catchUpForAll() throws(JournalError) -> Bool {
        let before = log.tail
        hasApplied = false
        guard try log.catchUp({ record, segment in take(record, segment) }), log.tail >= before, log.gaps.isEmpty else {
            return try leaveIndex()
        }
        if index.isBroken || !index.isShared { return try leaveIndex() }
        if hasApplied {
            publish()
            try log.tellTail()
        }
        return true
    }

    /// Leaves an index that cannot be followed, for one of our own. False. As a writer for all: what we write is not in it.
    @discardableResult
    func leaveIndex() throws(JournalError) -> Bool {
        if index.memory.file != nil {
            refusedGeneration = index.generation
            if log.isWriting || index.isBroken, log.locks != nil { index.supersede() }
        }
        log.restart()
        try startOwnIndex()
        return false
    }

    private func startOwnIndex() throws(JournalError) {
        let generation = try kernel { () throws(KernelError) in try randomNumber() }
        retire()
        index = Index(generation: generation | 1, keepsValues: log.locks != nil && log.options.sharesIndex)
    }

    /// Reads the log into an index of our own.
    func readLog() throws(JournalError) {
        if !log.hasReadAnything {
            try startOwnIndex()
            index.beginBulk()
        }
        // However it ends: what was read is found.
        defer { index.finishBulk() }
        let compacted = log.compacted
        let tail = log.tail
        while !(try log.catchUp { record, segment in self.take(record, segment) }) {
            // A compaction removed what was not read yet: what is left holds all that matters.
            log.restart()
            try startOwnIndex()
            index.beginBulk()
        }
        index.finishBulk()
        if log.tail != tail {
            wantsToJoin = true
            try log.tellTail()
        }
        if log.compacted > compacted, index.memory.file == nil { index = index.compacted(to: log.compacted) }
    }

    private func retire() { if log.isWriting { retired = index } }

    /// Nothing more can be added to the index: all who follow it leave it, and we with the next call.
    func endIndex() {
        index.supersede()
        index.memory.isBroken = true
    }

    /// Shows to all what was added to the index.
    func publish() {
        guard index.isShared, !index.isBroken else { return }
        // What cannot be said must not be missed.
        guard let publication = log.publication else { return endIndex() }
        index.publish(publication)
        followed = index.publication() ?? publication
    }

    /// Follows the shared index, if there is one that holds all that we know. A writer ends one that he cannot follow.
    private func join() throws(JournalError) -> Bool {
        guard log.options.sharesIndex, wantsToJoin || log.isWriting else { return false }
        wantsToJoin = false
        do throws(JournalError) {
            guard let found = try IndexFile.open(log), !found.isSuperseded else { return false }
            if let publication = try followable(found) {
                retire()
                index = found
                index.isShared = true
                follow(publication)
                return true
            }
            if log.isWriting { found.supersede() }
            return false
        } catch {
            // Who only reads can do without.
            if log.isWriting { try IndexFile.end(log) }
            return false
        }
    }

    /// What an index says of the log, where that is so and we may believe it.
    private func followable(_ index: Index) throws(JournalError) -> IndexPublication? {
        guard index.generation != refusedGeneration, !log.isControlDamaged, log.gaps.isEmpty,
            let publication = index.publication(), let state = try log.shared.read()
        else { return nil }
        // A writer goes on from where it ends; to a reader what lies behind it would be missing, and nothing that he saw may be.
        if log.isWriting { return publication }
        return publication.tail >= max(state[.tail], log.tail) && publication.segment == state[.currentSegment]
            ? publication : nil
    }
}
