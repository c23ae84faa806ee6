internal import LinuxKernel

/// The bytes of an index: this process's own memory, or a file in the run directory that all processes map. Both grow at their end.
///
/// SAFETY: whoever reads asks `covers` first, for each offset that comes out of the bytes themselves. What it says yes to stays there: own memory
/// moves only in `reserve`, which no reader of this thread is in the middle of; a file is never cut.
final class IndexMemory {
    /// What the file is made longer by, at least: seldom enough, and quick enough to be done under the writer's lock.
    private static let step = 256 << 10

    private static let large = 4 << 20

    private(set) var base: UnsafeMutableRawPointer
    /// Bytes that may be touched.
    private(set) var size: Int
    /// nil for own memory.
    let file: MappedFile?
    /// Own memory that can grow where it is.
    private let reserved: OwnMemory?
    /// Something in it cannot be: nothing that it says is to be believed, and what was read since `isBroken` was false is not.
    var isBroken = false
    /// Tests count stores, and end a writer between two of them.
    var stores: StoreCount?
    /// Room for the path of one search.
    let path: UnsafeMutablePointer<Int>

    /// Own memory.
    convenience init(size: Int) {
        if let reserved = Self.reserve() { self.init(reserved, size: size) } else { self.init(movable: size) }
    }

    private init(_ reserved: OwnMemory, size: Int) {
        self.reserved = reserved
        base = reserved.base
        self.size = size
        file = nil
        path = .allocate(capacity: IndexFormat.maximumHeight)
    }

    /// Own memory that is copied when it grows: quick to have.
    init(movable size: Int) {
        reserved = nil
        base = .allocate(byteCount: size, alignment: 64)
        base.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        self.size = size
        file = nil
        path = .allocate(capacity: IndexFormat.maximumHeight)
    }

    init(_ file: MappedFile, size: Int) {
        base = file.base
        self.size = size
        self.file = file
        reserved = nil
        path = .allocate(capacity: IndexFormat.maximumHeight)
    }

    deinit {
        if let file { file.close() } else if reserved == nil { base.deallocate() }
        path.deallocate()
    }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: size) }

    /// Whether bytes may be touched.
    @inline(__always)
    func covers(_ place: Int, _ count: Int) -> Bool {
        place >= 0 && place &+ count <= size || reaches(place &+ count)
    }

    /// Whether the file has grown so far meanwhile. It has the last word: what is behind its end kills who touches it.
    @inline(never)
    private func reaches(_ end: Int) -> Bool {
        guard let file, end > 0 else { return false }
        size = max(size, file.currentSize)
        return end <= size
    }

    /// Sees to it that there are bytes up to an end; false where there is no space. Own memory may move.
    func reserve(_ end: Int) -> Bool {
        if end <= size { return true }
        guard let file else {
            if let reserved {
                guard end <= reserved.length else { return false }
                // A small one stays small.
                if size <= Self.large, end > Self.large { reserved.preferLargePages(from: Self.large) }
                size = min(max(end, size * 2), reserved.length)
                return true
            }
            move(to: max(end, size * 2))
            return true
        }
        size = max(size, file.currentSize)
        if end <= size { return true }
        let wanted = max(end, size + min(max(Self.step, size / 8), 1 << 20))
        guard file.grow(from: size, to: wanted) else { return false }
        size = wanted
        return true
    }

    /// Addresses for the largest index there can be. nil where the system gives none that it has no memory for.
    private static func reserve() -> OwnMemory? {
        do throws(KernelError) { return try OwnMemory(length: 64 << 30) } catch { return nil }
    }

    /// Makes a file longer, while others may do the same. Where there is no space for it, that is said when it is needed.
    func growAhead(to end: Int) {
        guard let file else { return }
        size = max(size, file.currentSize)
        while size < end {
            let next = min(size + Self.step, (end + Self.step) & ~(Self.step - 1))
            guard file.grow(from: size, to: next) else { return }
            size = next
        }
    }

    private func move(to wanted: Int) {
        let larger = UnsafeMutableRawPointer.allocate(byteCount: wanted, alignment: 64)
        larger.copyMemory(from: base, byteCount: size)
        (larger + size).initializeMemory(as: UInt8.self, repeating: 0, count: wanted - size)
        base.deallocate()
        base = larger
        size = wanted
    }
}

/// A file of a disk with its bytes in memory.
final class MappedFile {
    private let disk: any Disk
    private let file: DiskFile
    private let memory: MappedMemory

    init(_ disk: any Disk, _ file: DiskFile, _ memory: MappedMemory) {
        self.disk = disk
        self.file = file
        self.memory = memory
    }

    var base: UnsafeMutableRawPointer { memory.base }

    /// Bytes of the file that lie within the mapping; 0 where that cannot be asked.
    var currentSize: Int {
        do throws(KernelError) { return min(Int(try disk.size(file)), memory.length) } catch { return 0 }
    }

    /// Makes the file longer; false where there is no space for it.
    func grow(from size: Int, to newSize: Int) -> Bool {
        guard newSize <= memory.length else { return false }
        do throws(KernelError) {
            try disk.extend(file, from: UInt64(size), to: UInt64(newSize))
            return true
        } catch { return false }
    }

    func close() { disk.close(file) }
}

/// A writer that is killed at its n-th store: from then on nothing that it stores is seen.
final class StoreCount {
    private(set) var count = 0
    private let limit: Int
    private let died: () -> Void

    init(limit: Int, died: @escaping () -> Void) {
        self.limit = limit
        self.died = died
    }

    var isOver: Bool { count >= limit }

    func mayStore() -> Bool {
        count += 1
        if count == limit { died() }
        return count < limit
    }
}
