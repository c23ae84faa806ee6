internal import LinuxKernel

/// The shared index as a file of the run directory.
enum IndexFile {
    /// The index that there is; nil where there is none of this store and boot.
    static func open(_ log: Log) throws(JournalError) -> Index? {
        let isWritable = log.locks != nil
        let memory = try kernel { () throws(KernelError) in
            guard let file = try log.runtime.openIfPresent(IndexFormat.name(log.store), writable: isWritable) else {
                return IndexMemory?.none
            }
            return try map(log, file, isWritable)
        }
        guard let memory else { return nil }
        if let index = Index.existing(memory, store: log.store, boot: log.boot) { return index }
        // Whoever has followed it since before its first page was damaged must not miss what is written from now on.
        if log.isWriting { storeRelease(1, memory.base + IndexFormat.superseded) }
        return nil
    }

    /// How far the index that there is was published, followed or not; nil where there is none of this store and boot. By calls: who cannot map it is told
    /// too.
    static func publishedTail(_ log: Log) throws(KernelError) -> UInt64? {
        guard let file = try log.runtime.openIfPresent(IndexFormat.name(log.store), writable: false) else { return nil }
        defer { log.runtime.close(file) }
        let identity = try log.runtime.read(file, at: 0, count: IndexFormat.sequence)
        guard let generation = identity.withUnsafeBytes({ Index.generation(of: $0, store: log.store, boot: log.boot) }) else {
            return nil
        }
        // As in memory: the place that counts is written again only with the publication after the next.
        for _ in 0..<64 {
            let word = try log.runtime.read(file, at: UInt64(IndexFormat.sequence), count: 8)
            guard word.count == 8 else { return nil }
            let sequence = word.withUnsafeBytes { $0.number(UInt64.self, at: 0) }
            let copy = try log.runtime.read(
                file, at: UInt64(IndexFormat.place(ofPublication: sequence)), count: IndexPublication.size)
            guard copy.count == IndexPublication.size else { return nil }
            let found = copy.withUnsafeBytes { $0.baseAddress.flatMap { IndexPublication($0, generation) } }
            if let found, found.sequence == sequence { return found.tail }
        }
        return nil
    }

    /// Ends an index that cannot be mapped, if there is one.
    static func end(_ log: Log) throws(JournalError) {
        try kernel { () throws(KernelError) in
            guard let file = try log.runtime.openIfPresent(IndexFormat.name(log.store), writable: true) else { return }
            defer { log.runtime.close(file) }
            try log.runtime.write(file, at: UInt64(IndexFormat.superseded), [1, 0, 0, 0, 0, 0, 0, 0])
        }
    }

    /// Takes the file over.
    private static func map(_ log: Log, _ file: DiskFile, _ isWritable: Bool) throws(KernelError) -> IndexMemory? {
        do throws(KernelError) {
            let size = try log.runtime.size(file)
            if size >= UInt64(IndexFormat.page), let memory = try log.runtime.map(file, isWritable: isWritable) {
                return IndexMemory(MappedFile(log.runtime, file, memory), size: Int(min(size, UInt64(memory.length))))
            }
        } catch {
            log.runtime.close(file)
            throw error
        }
        log.runtime.close(file)
        return nil
    }

    /// Makes a file of an index in own memory, under a name that nobody looks for. nil where files of the run directory cannot be mapped.
    static func make(_ index: Index, _ log: Log) throws(JournalError) -> Index? {
        index.sign(store: log.store, boot: log.boot)
        let temporary = temporaryName(log)
        let memory = try kernel { () throws(KernelError) in
            try log.runtime.removeIfPresent(temporary)
            let file = try log.runtime.create(temporary)
            do throws(KernelError) {
                // Some room, so that the first who write need not make it longer.
                try log.runtime.allocate(file, size: UInt64(index.used + 64 << 10))
                try log.runtime.write(file, at: 0, index.memory.bytes.part(0, index.used))
            } catch {
                log.runtime.close(file)
                throw error
            }
            return try map(log, file, true)
        }
        return memory.map { Index($0, generation: index.generation) }
    }

    /// Gives it the name by which all find it.
    static func show(_ log: Log) throws(JournalError) {
        try kernel { () throws(KernelError) in try log.runtime.rename(temporaryName(log), to: IndexFormat.name(log.store)) }
    }

    static func discard(_ log: Log) {
        // It is in the way of nobody: the next who makes one removes it.
        do throws(KernelError) { try log.runtime.removeIfPresent(temporaryName(log)) } catch {}
    }

    private static func temporaryName(_ log: Log) -> String { IndexFormat.name(log.store) + ".new" }
}
