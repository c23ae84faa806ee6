internal import LinuxKernel
internal import LinuxTypes

/// A directory of the machine. It is its owner's alone, and so is each file in it: what others could have written or could replace is refused.
final class KernelDisk: Disk {
    /// Addresses are no memory: as many as an index can ever want, or fewer where they are limited (`RLIMIT_AS`).
    private static let mappingLengths = [64 << 30, 4 << 30, 256 << 20]

    /// ext4 and XFS. Others may copy what is written again, and on them it would need new space each time.
    private static let typesInPlace = [0xef53, 0x5846_5342].map { FileSystemType(rawValue: $0) }

    private let directory: OwnedDescriptor
    private let path: String
    /// Whether the file system keeps its files in memory only.
    let isVolatile: Bool
    let writesInPlace: Bool

    /// Opens a directory; makes it where it is missing and may be made, for its owner alone.
    init(_ path: HostPath, create: Bool) throws(JournalError) {
        self.path = path.string
        if create {
            do throws(KernelError) {
                try FileDescriptor.workingDirectory.makeDirectory(path.string, permissions: 0o700)
            } catch {
                if error.errno != .EEXIST { throw .kernel(error) }
            }
        }
        directory = try Self.openDirectory(path)
        let type = try Self.inspect(directory.descriptor, path)
        isVolatile = type == .tmpfs
        writesInPlace = Self.typesInPlace.contains(type)
    }

    private static func openDirectory(_ path: HostPath) throws(JournalError) -> OwnedDescriptor {
        do throws(KernelError) {
            return try FileDescriptor.workingDirectory.open(path.string, [.readOnly, .directory, .noFollow])
        } catch {
            // A link or a file in the last place.
            if error.errno == .ELOOP || error.errno == .ENOTDIR { throw .refused(path: path.string, reason: "not a directory") }
            throw .kernel(error)
        }
    }

    /// Refuses a directory that is not its owner's alone; what it lies on.
    private static func inspect(_ directory: FileDescriptor, _ path: HostPath) throws(JournalError) -> FileSystemType {
        let status = try kernel { () throws(KernelError) in try directory.status() }
        if let reason = oddity(status, .directory) { throw .refused(path: path.string, reason: reason) }
        return try kernel { () throws(KernelError) in try directory.fileSystemType() }
    }

    /// What is wrong with an inode, or nil: stops files that another user planted or could change.
    private static func oddity(_ status: FileStatus, _ type: FileType) -> String? {
        if status.type != type { return "not a \(type == .directory ? "directory" : "regular file")" }
        if status.uid != effectiveUID() { return "belongs to uid \(status.uid), not \(effectiveUID())" }
        let forbidden: UInt32 = type == .directory ? 0o022 : 0o077
        if status.permissions & forbidden != 0 { return "mode 0\(String(status.permissions, radix: 8)) is open to others" }
        if type == .regular, status.links > 1 { return "has \(status.links) links" }
        return nil
    }

    private func text(_ name: String) -> String { path + "/" + name }

    private func handle(_ file: DiskFile) -> FileDescriptor { FileDescriptor(file.number) }

    func names() throws(KernelError) -> [String] { try directory.descriptor.directoryEntries() }

    func open(_ name: String, writable: Bool) throws(KernelError) -> DiskFile {
        // Nonblocking: a FIFO in the file's place must not hold us.
        let flags: OpenFlags = [writable ? .readWrite : .readOnly, .noFollow, .nonblocking]
        let file = try directory.descriptor.open(name, flags)
        if let reason = Self.oddity(try file.descriptor.status(), .regular) {
            throw KernelError(call: "open", errno: .EPERM, subject: "\(text(name)): \(reason)")
        }
        return DiskFile(number: file.release().number)
    }

    func create(_ name: String) throws(KernelError) -> DiskFile {
        let file = try directory.descriptor.open(name, [.readWrite, .create, .exclusive, .noFollow], permissions: 0o600)
        return DiskFile(number: file.release().number)
    }

    func close(_ file: DiskFile) { handle(file).close() }

    func size(_ file: DiskFile) throws(KernelError) -> UInt64 { UInt64(try handle(file).status().size) }

    func read(_ file: DiskFile, at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(KernelError) -> Int {
        try handle(file).read(at: Int64(offset), into: buffer, subject: path)
    }

    func write(_ file: DiskFile, at offset: UInt64, _ bytes: UnsafeRawBufferPointer) throws(KernelError) {
        try handle(file).write(bytes, at: Int64(offset), subject: path)
    }

    func allocate(_ file: DiskFile, size: UInt64) throws(KernelError) {
        do throws(KernelError) {
            try handle(file).allocate(Int64(size), subject: path)
        } catch  where error.errno == .ENOTSUP {
            // A file system that reserves nothing: the file is as long, and a write may still find no space.
            try handle(file).truncate(to: Int64(size))
        }
    }

    func extend(_ file: DiskFile, from size: UInt64, to newSize: UInt64) throws(KernelError) {
        try handle(file).allocate(Int64(newSize - size), at: Int64(size), subject: path)
    }

    func map(_ file: DiskFile, isWritable: Bool) throws(KernelError) -> MappedMemory? {
        guard isVolatile else { return nil }
        var failure = KernelError(call: "mmap", errno: .ENOMEM, subject: path)
        for length in Self.mappingLengths {
            do throws(KernelError) {
                let mapping = try FileMapping(handle(file), length: length, isWritable: isWritable)
                return MappedMemory(base: mapping.base, length: mapping.length, owner: mapping)
            } catch { failure = error }
        }
        throw failure
    }

    func sync(_ file: DiskFile) throws(KernelError) { try handle(file).synchronizeContents(subject: path) }

    func rename(_ name: String, to newName: String) throws(KernelError) { try directory.descriptor.rename(name, to: newName) }

    func remove(_ name: String) throws(KernelError) { try directory.descriptor.unlink(name) }

    func syncNames() throws(KernelError) { try directory.descriptor.synchronize(subject: path) }

    func tryLock(_ file: DiskFile, byte: Int64) throws(KernelError) -> Bool {
        try handle(file).tryLock(byte: byte, subject: path)
    }

    func unlock(_ file: DiskFile, byte: Int64) throws(KernelError) { try handle(file).unlock(byte: byte, subject: path) }
}
