internal import LinuxKernel

// What makes an index one that others can follow: who it belongs to, how far it holds the log, and whether another has taken its place.

extension Index {
    /// The number of what was published last.
    var sequence: UInt64 { loadAcquire(memory.base + IndexFormat.sequence) }

    /// Whether nobody adds to it any more.
    var isSuperseded: Bool { loadAcquire(memory.base + IndexFormat.superseded) != 0 }

    /// Tells all who follow it to leave it. What it held until then stays true.
    func supersede() {
        if let stores = memory.stores, !stores.mayStore() { return }
        storeRelease(1, memory.base + IndexFormat.superseded)
    }

    /// What was published last; nil where that cannot be read.
    func publication() -> IndexPublication? {
        // The place that counts is written again only with the publication after the next.
        for _ in 0..<64 {
            let sequence = sequence
            let place = IndexFormat.place(ofPublication: sequence)
            let found = withUnsafeTemporaryAllocation(byteCount: IndexPublication.size, alignment: 8) { copy in
                copy.copyMemory(from: UnsafeRawBufferPointer(start: memory.base + place, count: IndexPublication.size))
                fenceAcquire()
                return copy.baseAddress.flatMap { IndexPublication($0, generation) }
            }
            if let found, found.sequence == sequence { return found }
        }
        return nil
    }

    /// Shows all that was added until now. Order: after it, and before anybody is told.
    func publish(_ publication: IndexPublication) {
        if let stores = memory.stores, !stores.mayStore() { return }
        var publication = publication
        publication.sequence = sequence &+ 1
        publication.used = UInt64(used)
        let place = IndexFormat.place(ofPublication: publication.sequence)
        publication.write(to: memory.base + place, generation)
        storeRelease(publication.sequence, memory.base + IndexFormat.sequence)
    }

    /// Arena in use, the first page included.
    var used: Int { max(follow(IndexFormat.cursor), IndexFormat.page) }

    /// Whether more than half of it came since it was made: a new one may be smaller.
    var isWorthMakingAnew: Bool { used > 2 * count(IndexFormat.baseline) + 256 << 10 }

    /// Writes into the first page whose it is.
    func sign(store: Identifier, boot: Identifier) {
        let base = memory.base
        base.storeBytes(of: IndexFormat.magic, as: UInt64.self)
        base.storeBytes(of: IndexFormat.version, toByteOffset: 8, as: UInt32.self)
        for (place, word) in [(16, store.first), (24, store.second), (32, boot.first), (40, boot.second), (48, generation)] {
            base.storeBytes(of: word, toByteOffset: place, as: UInt64.self)
        }
        base.storeBytes(of: crc32c(memory.bytes.part(16, 48)), toByteOffset: 12, as: UInt32.self)
        setCount(IndexFormat.baseline, used)
    }

    /// The index in a file; nil where it is none of this store and boot.
    static func existing(_ memory: IndexMemory, store: Identifier, boot: Identifier) -> Index? {
        guard memory.size >= IndexFormat.page, let generation = generation(of: memory.bytes, store: store, boot: boot) else {
            return nil
        }
        return Index(memory, generation: generation)
    }

    /// What the first bytes of an index say of it; nil where it is none of this store and boot.
    static func generation(of bytes: UnsafeRawBufferPointer, store: Identifier, boot: Identifier) -> UInt64? {
        guard bytes.count >= IndexFormat.sequence, bytes.number(UInt64.self, at: 0) == IndexFormat.magic,
            bytes.number(UInt32.self, at: 8) == IndexFormat.version,
            bytes.number(UInt32.self, at: 12) == crc32c(bytes.part(16, 48)), bytes.identifier(at: 16) == store,
            bytes.identifier(at: 32) == boot
        else { return nil }
        let generation = bytes.number(UInt64.self, at: 48)
        return generation != 0 ? generation : nil
    }
}
