internal import LinuxKernel

/// The segments of a store as open files, the last opened ones of them.
struct SegmentFiles {
    private static let limit = 16

    private let disk: any Disk
    private let isWritable: Bool
    private var open: [(number: UInt64, file: DiskFile)] = []

    init(disk: any Disk, isWritable: Bool) {
        self.disk = disk
        self.isWritable = isWritable
    }

    /// The file of a segment; `ENOENT` where it is gone.
    mutating func file(_ number: UInt64) throws(KernelError) -> DiskFile {
        if let last = open.last, last.number == number { return last.file }
        if let found = open.first(where: { $0.number == number }) { return found.file }
        let file = try disk.open(SegmentName.string(number), writable: isWritable)
        if open.count == Self.limit { disk.close(open.removeFirst().file) }
        open.append((number, file))
        return file
    }

    /// Takes over a file that was made elsewhere.
    mutating func adopt(_ number: UInt64, _ file: DiskFile) {
        if open.count == Self.limit { disk.close(open.removeFirst().file) }
        open.append((number, file))
    }

    mutating func forget(_ number: UInt64) {
        guard let index = open.firstIndex(where: { $0.number == number }) else { return }
        disk.close(open.remove(at: index).file)
    }

    mutating func closeAll() {
        for entry in open { disk.close(entry.file) }
        open = []
    }
}
