internal import LinuxKernel

// Values beside their keys, in blocks that are used again: a block belongs to the newest version of a key. A writer takes it away from the version before
// while others may be copying it: they look afterwards whether it is still theirs, and read the segment where it is not.

extension Index {
    /// The value of a version, where it is kept here; nil: read it from its segment.
    func value(of version: Version) -> [UInt8]? {
        let length = Int(version.valueLength)
        guard version.entry > 0, length <= IndexFormat.largestBlock else { return nil }
        let link = memory.base + version.entry + IndexFormat.Entry.block
        let word = loadAcquire(link)
        let block = IndexLink.target(word, at: version.entry + IndexFormat.Entry.block, generation)
        guard block > 0, memory.covers(block, length) else { return nil }
        let source = UnsafeRawBufferPointer(start: memory.base + block, count: length)
        let value = [UInt8](unsafeUninitializedCapacity: length) { buffer, filled in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: source)
            filled = length
        }
        // Order: after the copy. A writer takes the link away before it writes over the block.
        fenceAcquire()
        guard loadAcquire(link) == word, value.withUnsafeBytes({ crc32c($0) }) == version.valueChecksum else { return nil }
        return value
    }

    /// Keeps a value for an entry that nothing leads to yet, if there is a block for it: best the one of the entry before, which loses it in any case.
    func keep(_ value: UnsafeRawBufferPointer?, for entry: Int, insteadOf before: Int) {
        let wanted = value.flatMap { $0.count > 0 && $0.count <= IndexFormat.largestBlock ? Self.blockNumber($0.count) : nil }
        var block = before > 0 ? detachBlock(of: before) : nil
        if let found = block, found.number != wanted {
            free(found.place, found.number)
            block = nil
        }
        guard let wanted, let value, let start = value.baseAddress, let place = block?.place ?? takeBlock(wanted) else { return }
        if let stores = memory.stores, stores.isOver { return }
        (memory.base + place).copyMemory(from: start, byteCount: value.count)
        link(entry + IndexFormat.Entry.block, to: place)
    }

    /// Takes the block of an entry away; nil where it has none. Whoever is killed before it has another use leaves arena that nothing uses.
    private func detachBlock(of entry: Int) -> (place: Int, number: Int)? {
        let place = entry + IndexFormat.Entry.block
        let length = Int(memory.base.load(fromByteOffset: entry + IndexFormat.Entry.valueLength, as: UInt32.self))
        let block = follow(place)
        guard block > 0, length > 0, length <= IndexFormat.largestBlock else { return nil }
        let number = Self.blockNumber(length)
        guard block & 7 == 0, block >= IndexFormat.page, memory.covers(block, Self.blockSize(number)) else { return broken() }
        link(place, to: 0)
        // Order: the link is gone before the block is written to.
        fenceRelease()
        return (block, number)
    }

    /// Keeps a block for the next value of its size.
    private func free(_ block: Int, _ number: Int) {
        let head = IndexFormat.freeBlocks + 8 * number
        link(block, to: follow(head))
        link(head, to: block)
    }

    /// A block that was used before, or a new one at the end of the arena.
    private func takeBlock(_ number: Int) -> Int? {
        let head = IndexFormat.freeBlocks + 8 * number
        let free = follow(head)
        if free > 0 {
            guard free & 7 == 0, free >= IndexFormat.page, memory.covers(free, Self.blockSize(number)) else { return broken() }
            let next = follow(free)
            if next < 0 { return nil }
            link(head, to: next)
            return free
        }
        let place = follow(IndexFormat.cursor)
        guard place > 0, memory.reserve(place + Self.blockSize(number)) else { return nil }
        link(IndexFormat.cursor, to: place + Self.blockSize(number))
        return place
    }

    static func blockSize(_ number: Int) -> Int { IndexFormat.smallestBlock << number }

    /// The smallest block that a length fits in.
    static func blockNumber(_ length: Int) -> Int {
        max(0, Int.bitWidth - ((length - 1) / IndexFormat.smallestBlock).leadingZeroBitCount)
    }
}
