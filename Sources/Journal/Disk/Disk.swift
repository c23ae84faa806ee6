internal import LinuxKernel
internal import LinuxTypes

/// An open file of a `Disk`.
struct DiskFile: Hashable, Sendable {
    let number: Int32
}

/// A file's bytes in memory, as long as `owner` lives.
struct MappedMemory {
    let base: UnsafeMutableRawPointer
    /// Addresses in bytes: the file may grow up to here.
    let length: Int
    let owner: AnyObject
}

/// One directory of files: all that the journal asks of the world's memory. Small, so that a test can own one that stops, tears, reorders, forgets
/// and lies. Errors are the kernel's; a call that a signal interrupted is made again below this line.
protocol Disk: AnyObject {
    /// Whether bytes that are written again stay where they are, so that the file system has nothing to note of them.
    var writesInPlace: Bool { get }
    func names() throws(KernelError) -> [String]
    /// Opens a file that exists.
    func open(_ name: String, writable: Bool) throws(KernelError) -> DiskFile
    /// Makes a file for its owner alone; `EEXIST` where the name is taken.
    func create(_ name: String) throws(KernelError) -> DiskFile
    func close(_ file: DiskFile)
    /// Bytes.
    func size(_ file: DiskFile) throws(KernelError) -> UInt64
    /// The number of bytes read, fewer than asked for only at the end of the file.
    func read(_ file: DiskFile, at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(KernelError) -> Int
    /// After an error a part of the bytes may be written.
    func write(_ file: DiskFile, at offset: UInt64, _ bytes: UnsafeRawBufferPointer) throws(KernelError)
    /// Makes the file this long, zeros where nothing was, with the space reserved where the file system can.
    func allocate(_ file: DiskFile, size: UInt64) throws(KernelError)
    /// Makes the file longer, with the space for it.
    func extend(_ file: DiskFile, from size: UInt64, to newSize: UInt64) throws(KernelError)
    /// Shares the file's bytes with all who map it; nil where its files do not lie in memory, so that touching them could fail.
    func map(_ file: DiskFile, isWritable: Bool) throws(KernelError) -> MappedMemory?
    /// The file's bytes are on the disk.
    func sync(_ file: DiskFile) throws(KernelError)
    /// Replaces a file of the new name.
    func rename(_ name: String, to newName: String) throws(KernelError)
    func remove(_ name: String) throws(KernelError)
    /// The directory's names are on the disk.
    func syncNames() throws(KernelError)
    /// Takes the exclusive lock of a byte of a file, if nobody else has it. It ends with the descriptor.
    func tryLock(_ file: DiskFile, byte: Int64) throws(KernelError) -> Bool
    func unlock(_ file: DiskFile, byte: Int64) throws(KernelError)
}

extension Disk {
    func write(_ file: DiskFile, at offset: UInt64, _ bytes: [UInt8]) throws(KernelError) {
        var failure: KernelError?
        bytes.withUnsafeBytes { buffer in
            do throws(KernelError) { try write(file, at: offset, buffer) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// At most `count` bytes from an offset on.
    func read(_ file: DiskFile, at offset: UInt64, count: Int) throws(KernelError) -> [UInt8] {
        var failure: KernelError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            do throws(KernelError) {
                filled = try read(file, at: offset, into: UnsafeMutableRawBufferPointer(buffer))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Opens a file that may not be there.
    func openIfPresent(_ name: String, writable: Bool) throws(KernelError) -> DiskFile? {
        do throws(KernelError) { return try open(name, writable: writable) } catch  where error.errno == .ENOENT { return nil }
    }

    /// Removes a file that may not be there.
    func removeIfPresent(_ name: String) throws(KernelError) {
        do throws(KernelError) { try remove(name) } catch  where error.errno == .ENOENT {}
    }
}
