internal import LinuxKernel

/// The keys of the store by number, and the number by key: one arena of bytes, and a table with open addressing. A key keeps its number.
struct KeyTable {
    private var arena: [UInt8] = []
    /// Where each key ends in the arena; it begins where the one before ends.
    private var ends: [UInt32] = []
    private var hashes: [UInt32] = []
    /// Numbers of keys, -1 for none. A power of two, at most half full.
    private var slots = [Int32](repeating: -1, count: 64)

    var count: Int { ends.count }

    /// The key's bytes, valid within the closure.
    @inline(__always)
    func withKey<Result>(_ id: Int32, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let start = id == 0 ? 0 : Int(ends[Int(id) - 1])
        return arena.withUnsafeBytes { body($0.part(start, Int(ends[Int(id)]) - start)) }
    }

    func key(_ id: Int32) -> [UInt8] { withKey(id) { Array($0) } }

    /// The number of a key; nil for one that is not there.
    func find(_ key: UnsafeRawBufferPointer) -> Int32? {
        let id = slots[slot(of: key, hash: Self.hash(key))]
        return id < 0 ? nil : id
    }

    /// The number of a key, which is added where it is new.
    mutating func insert(_ key: UnsafeRawBufferPointer) -> (id: Int32, isNew: Bool) {
        let hash = Self.hash(key)
        let slot = slot(of: key, hash: hash)
        if slots[slot] >= 0 { return (slots[slot], false) }
        let id = Int32(ends.count)
        arena.append(contentsOf: key)
        ends.append(UInt32(arena.count))
        hashes.append(hash)
        slots[slot] = id
        if ends.count * 2 > slots.count { grow() }
        return (id, true)
    }

    /// The slot that holds the key, or the empty one where it belongs.
    @inline(__always)
    private func slot(of key: UnsafeRawBufferPointer, hash: UInt32) -> Int {
        let mask = slots.count - 1
        var at = Int(hash) & mask
        while slots[at] >= 0 {
            let id = slots[at]
            if hashes[Int(id)] == hash, withKey(id, { compare($0, key) == 0 }) { return at }
            at = (at + 1) & mask
        }
        return at
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 4)
        let mask = slots.count - 1
        for id in ends.indices {
            var at = Int(hashes[id]) & mask
            while slots[at] >= 0 { at = (at + 1) & mask }
            slots[at] = Int32(id)
        }
    }

    /// The checksum spreads well in its upper bits only after a multiplication.
    private static func hash(_ key: UnsafeRawBufferPointer) -> UInt32 {
        let mixed = UInt64(crc32c(key)) &* 0x9e37_79b9_7f4a_7c15
        return UInt32(truncatingIfNeeded: mixed >> 32)
    }
}

/// Bytewise order: negative, 0 or positive, as `memcmp(3)` and then the length.
@inline(__always)
func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    let common = min(left.count, right.count)
    var at = 0
    while at + 8 <= common {
        let a = left.loadUnaligned(fromByteOffset: at, as: UInt64.self)
        let b = right.loadUnaligned(fromByteOffset: at, as: UInt64.self)
        if a != b { return a.bigEndian < b.bigEndian ? -1 : 1 }
        at += 8
    }
    while at < common {
        if left[at] != right[at] { return Int(left[at]) - Int(right[at]) }
        at += 1
    }
    return left.count - right.count
}
