import CLinux
import LinuxTypes

/// The number of an open file. It owns nothing: whoever made it closes it. See `OwnedDescriptor`.
public struct FileDescriptor: Hashable, Sendable {
    public let number: Int32

    public init(_ number: Int32) { self.number = number }

    public static let standardInput = FileDescriptor(0)
    public static let standardOutput = FileDescriptor(1)
    public static let standardError = FileDescriptor(2)

    /// `AT_FDCWD`: paths count from the working directory.
    public static let workingDirectory = FileDescriptor(-100)

    var argument: Int { Int(number) }
}

/// An open file that is closed when its owner lets go of it. All of ours are close-on-exec from birth.
public struct OwnedDescriptor: ~Copyable, Sendable {
    public let descriptor: FileDescriptor

    /// Takes over the descriptor; nobody else may close it.
    public init(owning descriptor: FileDescriptor) { self.descriptor = descriptor }

    init(_ result: Int) { descriptor = FileDescriptor(Int32(truncatingIfNeeded: result)) }

    deinit { _ = systemCall(__NR_close, descriptor.argument) }

    /// Gives the descriptor away; the taker closes it.
    public consuming func release() -> FileDescriptor {
        let descriptor = self.descriptor
        discard self
        return descriptor
    }

    public var number: Int32 { descriptor.number }
}

/// Several open files with one owner, in order. Closed together.
public struct DescriptorList: ~Copyable, Sendable {
    public private(set) var descriptors: [FileDescriptor] = []

    public init() {}

    /// Takes over descriptors that nobody else closes.
    public init(owning descriptors: [FileDescriptor]) { self.descriptors = descriptors }

    deinit {
        for descriptor in descriptors { _ = systemCall(__NR_close, descriptor.argument) }
    }

    public var count: Int { descriptors.count }

    /// Gives all of them away; the taker closes them.
    public mutating func release() -> [FileDescriptor] {
        let released = descriptors
        descriptors = []
        return released
    }

    public subscript(index: Int) -> FileDescriptor { descriptors[index] }

    /// Appends an open file and returns its index.
    @discardableResult
    public mutating func append(_ descriptor: consuming OwnedDescriptor) -> Int {
        descriptors.append(descriptor.release())
        return descriptors.count - 1
    }
}

extension FileDescriptor {
    /// `read(2)`: the number of bytes read, 0 at the end of the file.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(KernelError) -> Int {
        try checkRetrying("read") { systemCall(__NR_read, argument, address(buffer.baseAddress), buffer.count) }
    }

    /// `write(2)` until all bytes are written.
    public func writeAll(_ bytes: some Collection<UInt8>, subject: String = "") throws(KernelError) {
        let copy = ContiguousArray(bytes)
        let failure: KernelError? = copy.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let part = UnsafeRawBufferPointer(rebasing: rest)
                do throws(KernelError) {
                    let count = try checkRetrying("write", subject) {
                        systemCall(__NR_write, argument, address(part.baseAddress), part.count)
                    }
                    rest = rest.dropFirst(count)
                } catch { return error }
            }
            return nil
        }
        if let failure { throw failure }
    }

    /// One `write(2)`: the number of bytes written.
    public func writeSome(_ bytes: [UInt8]) throws(KernelError) -> Int {
        let result = bytes.withUnsafeBytes { buffer in systemCall(__NR_write, argument, address(buffer.baseAddress), buffer.count)
        }
        return try check("write", "descriptor \(number)", result)
    }

    /// One `write(2)`: the number of bytes written, which may be fewer.
    public func writeSome(_ bytes: UnsafeRawBufferPointer, subject: String) throws(KernelError) -> Int {
        try checkRetrying("write", subject) { systemCall(__NR_write, argument, address(bytes.baseAddress), bytes.count) }
    }

    /// One `read(2)` of at most `capacity` bytes; empty at the end of the file.
    public func readSome(_ capacity: Int) throws(KernelError) -> [UInt8] {
        let (bytes, failure) = readChunk(capacity: capacity)
        if let failure { throw failure }
        return bytes
    }

    /// One `write(2)` of a whole small text: for files of the kernel, where one write is one command.
    public func writeOnce(_ text: String, subject: String) throws(KernelError) {
        var text = text
        let result = text.withUTF8 { bytes in
            systemCall(__NR_write, argument, address(bytes.baseAddress), bytes.count)
        }
        try check("write", subject, result)
    }

    /// `read(2)` to the end of the file, at most `limit` bytes; a longer file is `EFBIG`.
    public func readToEnd(limit: Int, subject: String = "") throws(KernelError) -> [UInt8] {
        var bytes: [UInt8] = []
        var capacity = min(limit + 1, 16 * 1024)
        while true {
            let (chunk, failure) = readChunk(capacity: capacity)
            if let failure { throw KernelError(call: failure.call, errno: failure.errno, subject: subject) }
            if chunk.isEmpty { return bytes }
            if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
            if bytes.count > limit { throw KernelError(call: "read", errno: .EFBIG, subject: subject) }
            capacity = min(limit + 1 - bytes.count + 1, max(capacity, bytes.count))
        }
    }

    private func readChunk(capacity: Int) -> ([UInt8], KernelError?) {
        var failure: KernelError?
        let chunk = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            do throws(KernelError) {
                count = try read(into: UnsafeMutableRawBufferPointer(buffer))
            } catch {
                count = 0
                failure = error
            }
        }
        return (chunk, failure)
    }

    /// `fcntl(2)` `F_DUPFD_CLOEXEC`: a copy whose number is at least `lowest`.
    public func duplicate(atLeast lowest: Int32 = 0) throws(KernelError) -> OwnedDescriptor {
        OwnedDescriptor(try check("fcntl", "descriptor \(number)", systemCall(__NR_fcntl, argument, 1030, Int(lowest))))
    }

    /// `dup3(2)` onto a given number. Without close-on-exec: this is how a program gets its standard streams.
    public func duplicate(onto target: FileDescriptor) throws(KernelError) {
        if target == self { return try setCloseOnExec(false) }
        try checkRetrying("dup3", "descriptor \(number)") { systemCall(__NR_dup3, argument, target.argument, 0) }
    }

    /// `fcntl(2)` `F_SETFD`.
    public func setCloseOnExec(_ on: Bool) throws(KernelError) {
        try check("fcntl", "descriptor \(number)", systemCall(__NR_fcntl, argument, 2, on ? 1 : 0))
    }

    /// Whether the number is an open file at all.
    public var isOpen: Bool { systemCall(__NR_fcntl, argument, 1) >= 0 }

    /// `fcntl(2)` `F_SETFL` with or without `O_NONBLOCK`; the flag belongs to the open file, which others may share.
    public func setNonblocking(_ on: Bool) throws(KernelError) {
        let flags = try check("fcntl", "descriptor \(number)", systemCall(__NR_fcntl, argument, 3))
        let nonblocking = Int(OpenFlags.nonblocking.rawValue)
        let wanted = on ? flags | nonblocking : flags & ~nonblocking
        try check("fcntl", "descriptor \(number)", systemCall(__NR_fcntl, argument, 4, wanted))
    }

    /// `memfd_create(2)`: an empty file in memory, close-on-exec.
    public static func inMemory(name: String) throws(KernelError) -> OwnedDescriptor {
        OwnedDescriptor(try check("memfd_create", name, name.withCString { systemCall(__NR_memfd_create, address($0), 1) }))
    }

    /// `ftruncate(2)` to a length in bytes.
    public func truncate(to length: Int64) throws(KernelError) {
        try check("ftruncate", "descriptor \(number)", systemCall(__NR_ftruncate, argument, Int(length)))
    }

    /// `lseek(2)` to the start.
    public func rewind() throws(KernelError) { try check("lseek", "", systemCall(__NR_lseek, argument, 0, 0)) }

    /// `close(2)` now, by whoever knows that the number has no other owner.
    public func close() { _ = systemCall(__NR_close, argument) }

    /// `close_range(2)`: closes all from this number on, for a child that has no use for what its parent had open.
    public static func closeAll(from lowest: Int32) throws(KernelError) {
        try check("close_range", "\(lowest)…", systemCall(__NR_close_range, Int(lowest), Int(UInt32.max), 0))
    }

    /// `close_range(2)` with `CLOSE_RANGE_CLOEXEC`: from this number on nothing survives an exec (Linux 5.11).
    public static func markCloseOnExec(from lowest: Int32) throws(KernelError) {
        try check("close_range", "\(lowest)…", systemCall(__NR_close_range, Int(lowest), Int(UInt32.max), 4))
    }
}

extension FileDescriptor {
    /// `memfd_create(2)` with `MFD_ALLOW_SEALING`.
    public static func sealableInMemory(name: String) throws(KernelError) -> OwnedDescriptor {
        OwnedDescriptor(try check("memfd_create", name, name.withCString { systemCall(__NR_memfd_create, address($0), 3) }))
    }

    /// `F_ADD_SEALS` of every seal: nobody can change, grow or shrink it any more.
    public func seal() throws(KernelError) { try check("fcntl", "F_ADD_SEALS", systemCall(__NR_fcntl, argument, 1033, 0xf)) }

    /// Opens the same file again for reading, through `/proc/self/fd`.
    public func reopenForReading() throws(KernelError) -> OwnedDescriptor {
        try FileDescriptor.workingDirectory.open("/proc/self/fd/\(number)", .readOnly)
    }

    /// Reads the file to its end and keeps nothing. Returns the number of bytes.
    public func readThrough() throws(KernelError) -> Int {
        var total = 0
        var failure: KernelError?
        withUnsafeTemporaryAllocation(byteCount: 64 * 1024, alignment: 16) { buffer in
            do throws(KernelError) {
                while true {
                    let count = try read(into: buffer)
                    if count == 0 { return }
                    total += count
                }
            } catch { failure = error }
        }
        if let failure { throw failure }
        return total
    }
}

extension FileDescriptor {
    /// `memfd_create(2)`: a file in memory that takes so many bytes and no more, close-on-exec. A write behind its end is `EPERM` (`F_SEAL_GROW`).
    public static func boundedInMemory(name: String, limit: Int64) throws(KernelError) -> OwnedDescriptor {
        let file = try sealableInMemory(name: name)
        try file.descriptor.truncate(to: limit)
        // F_ADD_SEALS of F_SEAL_SEAL 1, F_SEAL_SHRINK 2 and F_SEAL_GROW 4.
        try check("fcntl", "F_ADD_SEALS", systemCall(__NR_fcntl, file.descriptor.argument, 1033, 7))
        return file
    }

    /// `lseek(2)`: how far whoever writes through the same open file has come, in bytes.
    public func position() throws(KernelError) -> Int { try check("lseek", "", systemCall(__NR_lseek, argument, 0, 1)) }
}
