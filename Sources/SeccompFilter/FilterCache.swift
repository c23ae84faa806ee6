internal import LinuxKernel
public import LinuxTypes

/// Compiled profiles in a directory that only root can enter: what was compiled once costs microseconds from then on. Anything
/// odd, an owner, a mode, a link, a size, a checksum, another key, and the profile is compiled again. Any number of processes may
/// use one directory.
public struct FilterCache: Sendable {
    private let directory: HostPath
    private let owner: UInt32

    /// `directory` is made when the first program is stored; its parent must exist.
    public init(directory: HostPath) { self.init(directory: directory, owner: 0) }

    /// With another owner than root, for tests that are not root.
    init(directory: HostPath, owner: UInt32) {
        self.directory = directory
        self.owner = owner
    }

    /// A filter, and how it was come by.
    public struct Answer: Sendable {
        public let filter: Filter
        public let isFromCache: Bool
        /// Why the cache was not trusted or not written, for a log; the filter is as good without it.
        public let warning: String?
    }

    /// The program of a profile, compiled where the cache does not have it. Throws as the compiler does, never for the cache's sake.
    public func filter(
        for profile: Profile, compiler: (Profile) throws(SeccompError) -> Filter = compile(_:)
    ) throws(SeccompError) -> Answer {
        let key = CacheKey(profile)
        switch read(key) {
        case .hit(let filter): return Answer(filter: filter, isFromCache: true, warning: nil)
        case .miss(let oddity):
            let filter = try compiler(profile)
            let failure = write(filter, key: key)
            return Answer(filter: filter, isFromCache: false, warning: failure ?? oddity)
        }
    }

    private enum Reading {
        case hit(Filter)
        /// With what is odd, where something is.
        case miss(String?)
    }

    private func read(_ key: CacheKey) -> Reading {
        do throws(KernelError) {
            let folder = try FileDescriptor.workingDirectory.open(directory.string, [.directory, .noFollow])
            if let oddity = try CacheTrust.oddity(of: folder.descriptor, .directory, owner) {
                return .miss("'\(directory)': \(oddity)")
            }
            let name = CacheTrust.entryName(key)
            // A FIFO in its place must not block.
            let file = try folder.descriptor.open(name, [.noFollow, .nonblocking])
            if let oddity = try CacheTrust.oddity(of: file.descriptor, .regular, owner) {
                return .miss("'\(directory)/\(name)': \(oddity)")
            }
            let size = try Int(file.descriptor.status().size)
            let filter = try withFileBytes(file.descriptor, size: size) { CacheEntry.decode($0, key: key) }
            guard let filter else { return .miss("'\(directory)/\(name)': damaged or of another profile") }
            return .hit(filter)
        } catch {
            return .miss(error.errno == .ENOENT ? nil : "'\(directory)': \(error)")
        }
    }

    /// Reads exactly `size` bytes; a file that is shorter by now gives nil.
    private func withFileBytes<T>(
        _ file: FileDescriptor, size: Int, _ body: (UnsafeRawBufferPointer) -> T?
    ) throws(KernelError) -> T? {
        guard size <= CacheEntry.sizeLimit else { return nil }
        var failure: KernelError?
        let result: T? = withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) { buffer in
            var count = 0
            do throws(KernelError) {
                while count < size {
                    let part = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
                    if part == 0 { return nil }
                    count += part
                }
            } catch {
                failure = error
                return nil
            }
            return body(UnsafeRawBufferPointer(buffer))
        }
        if let failure { throw failure }
        return result
    }

    /// Stores an entry; what went wrong otherwise.
    private func write(_ filter: Filter, key: CacheKey) -> String? {
        let bytes = CacheEntry.encode(filter, key: key)
        guard bytes.count <= CacheEntry.sizeLimit else { return "too long for the cache" }
        do throws(KernelError) {
            let folder = try openOrMake()
            if let oddity = try CacheTrust.oddity(of: folder.descriptor, .directory, owner) { return "'\(directory)': \(oddity)" }
            try store(bytes, in: folder.descriptor, key: key)
            try CacheTrust.evict(from: folder.descriptor)
            return nil
        } catch {
            return "'\(directory)': \(error)"
        }
    }

    private func openOrMake() throws(KernelError) -> OwnedDescriptor {
        do throws(KernelError) {
            try FileDescriptor.workingDirectory.makeDirectory(directory.string, permissions: 0o700)
        } catch  where error.errno == .EEXIST {
            // Nearly always.
        }
        return try FileDescriptor.workingDirectory.open(directory.string, [.directory, .noFollow])
    }

    /// Under a name of its own first: a reader sees the whole entry or none. Nothing is synced, the checksum finds what a crash
    /// tore.
    private func store(_ bytes: [UInt8], in folder: FileDescriptor, key: CacheKey) throws(KernelError) {
        let name = CacheTrust.temporaryName(key)
        let file = try folder.open(name, [.writeOnly, .create, .exclusive, .noFollow], permissions: 0o600)
        do throws(KernelError) {
            try file.descriptor.writeAll(bytes, subject: name)
            try folder.rename(name, to: CacheTrust.entryName(key))
        } catch {
            CacheTrust.remove(name, from: folder)
            throw error
        }
    }
}
