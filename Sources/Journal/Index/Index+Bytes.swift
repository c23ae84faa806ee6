internal import LinuxKernel

// What an index is made of, read and written at an offset.

/// A key in an index, valid as long as its memory does not move.
struct IndexNode {
    let place: Int
    let height: Int
    let key: UnsafeRawBufferPointer
}

extension Index {
    /// Notes that something cannot be.
    @inline(never)
    func broken<Result>() -> Result? {
        memory.isBroken = true
        return nil
    }

    /// Where a link leads to, 0 for nowhere, -1 for what is no link. The link's own word must be covered.
    @inline(__always)
    func follow(_ place: Int) -> Int {
        let word =
            memory.file == nil ? memory.base.load(fromByteOffset: place, as: UInt64.self) : loadAcquire(memory.base + place)
        let target = IndexLink.target(word, at: place, generation)
        if target < 0 { memory.isBroken = true }
        return target
    }

    /// Makes a link, which shows to all readers what it leads to.
    @inline(__always)
    func link(_ place: Int, to target: Int) {
        if let stores = memory.stores, !stores.mayStore() { return }
        let word = IndexLink.word(target, at: place, generation)
        if memory.file == nil {
            memory.base.storeBytes(of: word, toByteOffset: place, as: UInt64.self)
        } else {
            storeRelease(word, memory.base + place)
        }
    }

    /// A count that helps and decides nothing.
    func count(_ place: Int) -> Int {
        Int(truncatingIfNeeded: memory.base.load(fromByteOffset: place, as: UInt64.self) & 0xff_ffff_ffff)
    }

    func setCount(_ place: Int, _ value: Int) {
        memory.base.storeBytes(of: UInt64(truncatingIfNeeded: value), toByteOffset: place, as: UInt64.self)
    }

    /// The node at an offset, not checked; nil where none can be.
    @inline(__always)
    func shape(of place: Int) -> IndexNode? {
        guard place & 7 == 0, place >= IndexFormat.page, memory.covers(place, IndexFormat.Node.tower) else { return nil }
        let shape = memory.base.load(fromByteOffset: place + IndexFormat.Node.shape, as: UInt32.self)
        let height = Int(shape >> 24)
        let length = Int(shape & 0xff_ffff)
        guard height > 0, height <= IndexFormat.maximumHeight else { return nil }
        let start = place + IndexFormat.Node.tower + 8 * height
        guard memory.covers(start, length) else { return nil }
        return IndexNode(place: place, height: height, key: UnsafeRawBufferPointer(start: memory.base + start, count: length))
    }

    /// Whether a node is what was written; `checksum` is its key's.
    @inline(__always)
    func isIntact(_ node: IndexNode, _ checksum: UInt32) -> Bool {
        memory.base.load(fromByteOffset: node.place, as: UInt32.self) == seal(node.place, node.height, node.key.count, checksum)
    }

    /// The node at an offset, checked; nil where there is none, and then the index is broken.
    @inline(__always)
    func node(_ place: Int) -> IndexNode? {
        guard let node = shape(of: place), isIntact(node, crc32c(node.key)) else { return broken() }
        return node
    }

    @inline(__always)
    func seal(_ place: Int, _ height: Int, _ length: Int, _ checksum: UInt32) -> UInt32 {
        let salt =
            (UInt64(truncatingIfNeeded: place) << 24 ^ generation ^ UInt64(truncatingIfNeeded: height << 24 | length))
            &* 0x9e37_79b9_7f4a_7c15
        return checksum ^ UInt32(truncatingIfNeeded: salt >> 32)
    }

    /// The entry at an offset, checked; nil where there is none, and then the index is broken.
    @inline(__always)
    func entry(_ place: Int, _ node: Int) -> Version? {
        typealias Entry = IndexFormat.Entry
        guard place & 7 == 0, place >= IndexFormat.page, memory.covers(place, Entry.size) else { return broken() }
        let at = UnsafeRawPointer(memory.base + place)
        guard at.load(as: UInt64.self) == seal(entry: at, place, node) else { return broken() }
        return Version(
            modRevision: at.load(fromByteOffset: Entry.modRevision, as: Int64.self),
            createRevision: at.load(fromByteOffset: Entry.createRevision, as: Int64.self),
            version: at.load(fromByteOffset: Entry.version, as: Int64.self),
            lease: at.load(fromByteOffset: Entry.lease, as: Int64.self),
            location: ValueLocation(
                segment: at.load(fromByteOffset: Entry.segment, as: UInt32.self),
                offset: at.load(fromByteOffset: Entry.offset, as: UInt32.self)),
            valueLength: at.load(fromByteOffset: Entry.valueLength, as: UInt32.self),
            valueChecksum: at.load(fromByteOffset: Entry.valueChecksum, as: UInt32.self),
            flags: Version.Flags(rawValue: at.load(fromByteOffset: Entry.flags, as: UInt8.self)), entry: place)
    }

    /// The checksum of an entry: with its place and its key's, so that an entry of another key is none.
    @inline(__always)
    private func seal(entry: UnsafeRawPointer, _ place: Int, _ node: Int) -> UInt64 {
        let salt =
            (UInt64(truncatingIfNeeded: place) << 24 ^ UInt64(truncatingIfNeeded: node) ^ generation) &* 0x9e37_79b9_7f4a_7c15
        let bytes = UnsafeRawBufferPointer(start: entry + IndexFormat.Entry.modRevision, count: 56)
        return UInt64(crc32c(bytes, after: UInt32(truncatingIfNeeded: salt >> 32))) | 1 << 32
    }

    /// Writes an entry that nothing leads to yet.
    func write(_ version: Version, at place: Int, _ node: Int, older: Int) {
        typealias Entry = IndexFormat.Entry
        let at = memory.base + place
        at.storeBytes(of: version.modRevision, toByteOffset: Entry.modRevision, as: Int64.self)
        at.storeBytes(of: version.createRevision, toByteOffset: Entry.createRevision, as: Int64.self)
        at.storeBytes(of: version.version, toByteOffset: Entry.version, as: Int64.self)
        at.storeBytes(of: version.lease, toByteOffset: Entry.lease, as: Int64.self)
        at.storeBytes(of: version.location.segment, toByteOffset: Entry.segment, as: UInt32.self)
        at.storeBytes(of: version.location.offset, toByteOffset: Entry.offset, as: UInt32.self)
        at.storeBytes(of: version.valueLength, toByteOffset: Entry.valueLength, as: UInt32.self)
        at.storeBytes(of: version.valueChecksum, toByteOffset: Entry.valueChecksum, as: UInt32.self)
        at.storeBytes(of: UInt64(version.flags.rawValue), toByteOffset: Entry.flags, as: UInt64.self)
        link(place + Entry.older, to: older)
        link(place + Entry.block, to: 0)
        at.storeBytes(of: seal(entry: at, place, node), as: UInt64.self)
    }
}
