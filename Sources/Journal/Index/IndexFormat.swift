internal import LinuxKernel

/// Where everything is in an index, as docs/journal-format.md draws it. Offsets are in bytes from its start; 0 stands for nothing. Numbers are the
/// machine's own: an index never leaves the boot that made it.
enum IndexFormat {
    static let magic: UInt64 = 0x5844_494a_4c4c_5548
    static let version: UInt32 = 1

    // The first page.
    static let sequence = 64
    static let superseded = 72
    static let cursor = 80
    static let keyCount = 88
    static let versionCount = 96
    static let tableCount = 104
    static let baseline = 112
    private static let publications = 128
    private static let publicationStride = 128
    static let tables = 384
    static let tableLimit = 16
    static let freeBlocks = 512
    /// As if a node stood there: its tower is the start of every list of keys.
    static let head = 1024 - Node.tower
    static let page = 4096

    /// Publications take turns at two places.
    static func place(ofPublication sequence: UInt64) -> Int { publications + Int(sequence & 1) * publicationStride }

    /// Levels of a tower; one key in four reaches the next.
    static let maximumHeight = 12

    enum Node {
        static let checksum = 0
        static let shape = 4
        static let newest = 8
        static let tower = 16
        static func size(keyLength: Int, height: Int) -> Int { (tower + 8 * height + keyLength + 7) & ~7 }
    }

    enum Entry {
        static let checksum = 0
        static let modRevision = 8
        static let createRevision = 16
        static let version = 24
        static let lease = 32
        static let segment = 40
        static let offset = 44
        static let valueLength = 48
        static let valueChecksum = 52
        static let flags = 56
        static let older = 64
        static let block = 72
        static let size = 80
    }

    /// Blocks of 32, 64, … 4,096 bytes hold values; a longer one is read from its segment.
    static let smallestBlock = 32
    static let largestBlock = 4096
    static let blockSizes = 8

    /// A table: how many keys were put in, then buckets of eight slots.
    enum Table {
        static let buckets = 64
        static let bucketSize = 64
        static let firstBits = 5
        /// Buckets that a key may be in, from its own on.
        static let reach = 8
    }

    static func name(_ store: Identifier) -> String { SharedHeader.name(store) + ".index" }
}

/// An offset as a word that says itself whether it is one: 40 bits of offset, 24 of a checksum of offset, place and generation. A word of zeros, a
/// flipped bit, a word of another place or another index: none of them leads anywhere.
enum IndexLink {
    private static let offsetMask: UInt64 = 1 << 40 - 1

    @inline(__always)
    static func word(_ target: Int, at place: Int, _ generation: UInt64) -> UInt64 {
        let offset = UInt64(truncatingIfNeeded: target) & offsetMask
        return offset | seal(offset, place, generation) << 40
    }

    /// The offset; -1 for a word that is no link.
    @inline(__always)
    static func target(_ word: UInt64, at place: Int, _ generation: UInt64) -> Int {
        let offset = word & offsetMask
        return word >> 40 == seal(offset, place, generation) ? Int(truncatingIfNeeded: offset) : -1
    }

    /// Never 0.
    @inline(__always)
    private static func seal(_ offset: UInt64, _ place: Int, _ generation: UInt64) -> UInt64 {
        let mixed = (offset ^ generation ^ UInt64(truncatingIfNeeded: place) &* 0x9e37_79b9_7f4a_7c15) &* 0xd6e8_feb8_6659_fd93
        return ((mixed ^ mixed >> 32) &* 0xd6e8_feb8_6659_fd93) >> 40 | 1
    }
}

/// What an index says of the log: how far it holds it. Two places hold one in turn, each with a checksum; the sequence says which counts.
struct IndexPublication: Equatable {
    static let size = 80

    var sequence: UInt64 = 0
    /// The position behind the last record that is in the index.
    var tail: UInt64 = 0
    var revision: Revision = 1
    var compacted: Revision = 0
    var watermark: UInt64 = 0
    /// The segment that the tail lies in; 0 for none.
    var segment: UInt64 = 0
    /// That segment's base.
    var base: UInt64 = 0
    /// Arena in use.
    var used: UInt64 = 0

    func write(to bytes: UnsafeMutableRawPointer, _ generation: UInt64) {
        bytes.storeBytes(of: sequence, toByteOffset: 0, as: UInt64.self)
        bytes.storeBytes(of: tail, toByteOffset: 8, as: UInt64.self)
        bytes.storeBytes(of: revision, toByteOffset: 16, as: Int64.self)
        bytes.storeBytes(of: compacted, toByteOffset: 24, as: Int64.self)
        bytes.storeBytes(of: watermark, toByteOffset: 32, as: UInt64.self)
        bytes.storeBytes(of: segment, toByteOffset: 40, as: UInt64.self)
        bytes.storeBytes(of: base, toByteOffset: 48, as: UInt64.self)
        bytes.storeBytes(of: used, toByteOffset: 56, as: UInt64.self)
        bytes.storeBytes(of: 0, toByteOffset: 64, as: UInt64.self)
        let seal = Self.seal(UnsafeRawPointer(bytes), generation)
        bytes.storeBytes(of: UInt64(seal), toByteOffset: 72, as: UInt64.self)
    }

    init() {}

    /// nil for bytes that are none.
    init?(_ bytes: UnsafeRawPointer, _ generation: UInt64) {
        guard bytes.load(fromByteOffset: 72, as: UInt64.self) == UInt64(Self.seal(bytes, generation)) else { return nil }
        sequence = bytes.load(fromByteOffset: 0, as: UInt64.self)
        tail = bytes.load(fromByteOffset: 8, as: UInt64.self)
        revision = bytes.load(fromByteOffset: 16, as: Int64.self)
        compacted = bytes.load(fromByteOffset: 24, as: Int64.self)
        watermark = bytes.load(fromByteOffset: 32, as: UInt64.self)
        segment = bytes.load(fromByteOffset: 40, as: UInt64.self)
        base = bytes.load(fromByteOffset: 48, as: UInt64.self)
        used = bytes.load(fromByteOffset: 56, as: UInt64.self)
    }

    private static func seal(_ bytes: UnsafeRawPointer, _ generation: UInt64) -> UInt32 {
        crc32c(UnsafeRawBufferPointer(start: bytes, count: 72), after: UInt32(truncatingIfNeeded: generation ^ generation >> 32))
    }
}
