import Synchronization

@testable import Journal

/// A random number generator with a seed, so that a failure can be run again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &+ 0x9e37_79b9_7f4a_7c15 }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

/// A file of a simulated volume: what the kernel shows, what is on the disk, and what was written in between.
final class Inode {
    struct Write {
        var offset: Int
        var bytes: [UInt8]
        /// The file is at least this long.
        var size: Int
    }

    var current: [UInt8] {
        get { mapped?.bytes ?? unmapped }
        // In place: tests change single bytes of large files.
        _modify {
            if let mapped {
                var bytes = mapped.bytes
                defer { mapped.bytes = bytes }
                yield &bytes
            } else {
                yield &unmapped
            }
        }
    }
    private var unmapped: [UInt8] = []
    /// The same bytes, once somebody has mapped them.
    private(set) var mapped: MappedBytes?
    var durable: [UInt8] = []
    var pending: [Write] = []

    func map() -> MappedBytes {
        if let mapped { return mapped }
        let made = MappedBytes(current)
        mapped = made
        unmapped = []
        return made
    }

    func write(_ offset: Int, _ bytes: [UInt8]) {
        if let mapped { return mapped.write(bytes, at: offset) }
        Self.apply(offset, bytes, offset + bytes.count, to: &unmapped)
        pending.append(Write(offset: offset, bytes: bytes, size: offset + bytes.count))
    }

    func allocate(_ size: Int) {
        if let mapped { return mapped.extend(to: size) }
        Self.apply(0, [], size, to: &unmapped)
        pending.append(Write(offset: 0, bytes: [], size: size))
    }

    func sync() {
        for write in pending { Self.apply(write.offset, write.bytes, write.size, to: &durable) }
        pending = []
    }

    var size: Int { mapped?.size ?? unmapped.count }

    /// The power fails: of each write some sectors reach the disk, in any order.
    func cutPower(keeping kept: PowerCut, _ generator: inout SeededGenerator) {
        for write in pending {
            switch kept {
            case .nothing: continue
            case .everything: Self.apply(write.offset, write.bytes, write.size, to: &durable)
            case .anything:
                if write.bytes.isEmpty, Bool.random(using: &generator) { Self.apply(0, [], write.size, to: &durable) }
                // Whole writes are kept and lost as often as parts of them: both find different mistakes.
                let fate = Int.random(in: 0..<4, using: &generator)
                for sector in Self.sectors(write) where fate == 0 || fate > 1 && Bool.random(using: &generator) {
                    let bytes = Array(write.bytes[(sector.lowerBound - write.offset)..<(sector.upperBound - write.offset)])
                    Self.apply(sector.lowerBound, bytes, sector.upperBound, to: &durable)
                }
            }
        }
        pending = []
        current = durable
    }

    /// The parts of a write that a disk writes at once.
    private static func sectors(_ write: Write) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var at = write.offset
        while at < write.offset + write.bytes.count {
            let end = min((at / 512 + 1) * 512, write.offset + write.bytes.count)
            result.append(at..<end)
            at = end
        }
        return result
    }

    private static func apply(_ offset: Int, _ bytes: [UInt8], _ size: Int, to file: inout [UInt8]) {
        if file.count < size { file.append(contentsOf: repeatElement(0, count: size - file.count)) }
        file.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
    }
}

/// A file's bytes where processes touch them. Its end is where the kernel would end who goes on.
final class MappedBytes {
    static let length = 4 << 20

    let base: UnsafeMutableRawPointer
    private(set) var size = 0

    init(_ bytes: [UInt8]) {
        base =
            Self.unused.withLock { $0.popLast() }.flatMap { UnsafeMutableRawPointer(bitPattern: $0) }
            ?? .allocate(byteCount: Self.length, alignment: 4096)
        self.bytes = bytes
    }

    deinit {
        let address = UInt(bitPattern: base)
        Self.unused.withLock { $0.append(address) }
    }

    /// Memory of files that are gone. Given back to the kernel, each page would be made anew for each machine, of which there are hundreds of thousands.
    private static let unused = Mutex<[UInt]>([])

    var bytes: [UInt8] {
        get { Array(UnsafeRawBufferPointer(start: base, count: size)) }
        set {
            size = min(newValue.count, Self.length)
            newValue.withUnsafeBytes { base.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(base), byteCount: size) }
        }
    }

    func extend(to newSize: Int) {
        guard newSize > size else { return }
        (base + size).initializeMemory(as: UInt8.self, repeating: 0, count: newSize - size)
        size = newSize
    }

    func write(_ bytes: [UInt8], at offset: Int) {
        extend(to: offset + bytes.count)
        bytes.withUnsafeBytes {
            (base + offset).copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(base), byteCount: bytes.count)
        }
    }
}

/// What of the unsynced writes reaches the disk when the power fails.
enum PowerCut: Equatable {
    case nothing
    case everything
    case anything
}

/// A directory with its files.
final class Volume {
    enum NameChange {
        case link(String, Inode)
        case unlink(String)
        case rename(String, String)
    }

    var names: [String: Inode] = [:]
    private(set) var durableNames: [String: Inode] = [:]
    private var pending: [NameChange] = []
    /// By file and byte: who holds the lock.
    var locks: [ObjectIdentifier: [Int64: ObjectIdentifier]] = [:]
    /// Whether files can be mapped, as on a tmpfs.
    var isMemory = false
    /// Bytes that files may take in all.
    var capacity = Int.max

    var used: Int { names.values.reduce(0) { $0 + $1.size } }

    func change(_ change: NameChange) {
        Self.apply(change, to: &names)
        pending.append(change)
    }

    func syncNames() {
        durableNames = names
        pending = []
    }

    /// Changes of names reach the disk in their order, up to some point.
    func cutPower(keeping kept: PowerCut, _ generator: inout SeededGenerator) {
        let count =
            switch kept {
            case .nothing: 0
            case .everything: pending.count
            case .anything: Int.random(in: 0...pending.count, using: &generator)
            }
        for change in pending.prefix(count) { Self.apply(change, to: &durableNames) }
        pending = []
        names = durableNames
        for name in names.keys.sorted() { names[name]?.cutPower(keeping: kept, &generator) }
        locks = [:]
    }

    private static func apply(_ change: NameChange, to names: inout [String: Inode]) {
        switch change {
        case .link(let name, let inode): names[name] = inode
        case .unlink(let name): names[name] = nil
        case .rename(let old, let new):
            if let inode = names.removeValue(forKey: old) { names[new] = inode }
        }
    }
}
