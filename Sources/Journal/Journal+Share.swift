internal import LinuxKernel

// Making the index that all share. It is copied into a file without the writer's lock; under it comes only what was written meanwhile.

extension Journal {
    /// Microseconds that who shares an index waits for the writer's lock. Nobody needs it, and who opens a store must not wait for a stopped writer.
    private static let patience = 20_000

    /// Puts our own index where all find it, if that can be and nobody else is at it. What goes wrong only means that each goes on reading for himself.
    func share() {
        guard log.options.sharesIndex, let locks = log.locks, !index.isShared, !index.isBroken, log.publication != nil else {
            return
        }
        // Where it could not be done, the next segment is the time to try again.
        let segment = log.chain.last?.number ?? 0
        guard lastShared != segment else { return }
        lastShared = segment
        do throws(JournalError) {
            guard try log.shared.read() != nil, try locks.tryTake(.index) else { return }
            defer { locks.release(.index) }
            guard let copy = try IndexFile.make(index, log) else { return }
            try show(copy, insteadOf: nil)
        } catch {
            wantsToJoin = true
            if case .busy = error { lastShared = nil }
        }
    }

    /// Makes the shared index anew where what a compaction gave up may be more than half of it.
    func makeIndexAnew() {
        guard let locks = log.locks, index.isShared, index.isWorthMakingAnew else { return }
        do throws(JournalError) {
            guard try locks.tryTake(.index) else { return }
            defer { locks.release(.index) }
            try refresh()
            guard index.isShared else { return }
            let generation = try kernel { () throws(KernelError) in try randomNumber() }
            let own = index.compacted(to: log.compacted, generation: generation | 1)
            guard !index.isBroken, let copy = try IndexFile.make(own, log) else { return }
            try show(copy, insteadOf: index)
        } catch {
            wantsToJoin = true
        }
    }

    /// Gives a copy, which holds the log as far as we have read it, what came since, and its name.
    private func show(_ copy: Index, insteadOf old: Index?) throws(JournalError) {
        defer { if !index.isShared || index.generation != copy.generation { IndexFile.discard(log) } }
        if old == nil { index = copy }
        try log.lockForWriting(patience: Self.patience)
        defer { log.unlockForWriting() }
        // Somebody else was faster.
        if let old, old.isSuperseded { return }
        index = copy
        if old == nil { try refresh() } else { try readLog() }
        guard !index.isShared, index.generation == copy.generation, !index.isBroken, let publication = log.publication else {
            wantsToJoin = true
            return
        }
        index.publish(publication)
        // Order: ended before the new one is there, so that nobody follows it past a record that is only in the new one.
        old?.supersede()
        try IndexFile.show(log)
        index.isShared = true
        followed = index.publication() ?? publication
        log.followedSegment = followed.segment
    }

    /// Right after the opening: what was written by somebody who was killed before he could say so.
    func settle() throws(JournalError) {
        // Or somebody is just writing: he will have said so in an instant.
        for _ in 0..<20 {
            guard index.isShared, log.hasNews(behind: followed) == true else { return }
            pause(microseconds: 50)
            try refresh()
        }
        if log.locks == nil {
            // Who may not write reads the log for himself.
            try leaveIndex()
            return try refresh()
        }
        try refreshAsWriter()
    }

    /// As a writer, who also finds what nobody has told, if nobody else is one just now.
    func refreshAsWriter() throws(JournalError) {
        guard let locks = log.locks, try locks.tryTake(.writer) else { return }
        locks.release(.writer)
        try log.lockForWriting()
        defer { log.unlockForWriting() }
        try refresh()
    }

    func settleOwnFailure() throws(JournalError) -> Bool {
        // Order: as long as the tail does not count as looked at, nobody writes there unseen.
        switch log.hasNews(behind: followed) {
        case .some(true): try refreshAsWriter()
        case .some(false): log.inspectedTail = log.tail
        case nil: break
        }
        return index.isShared
    }
}
