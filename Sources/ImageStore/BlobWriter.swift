internal import Digests
internal import ImageSpec
internal import LinuxKernel
internal import LinuxTypes

/// Writes a blob to a file that has no name in the store yet, hashing what goes by.
struct BlobWriter: ~Copyable {
    /// Relative to the store.
    let name: String
    private let file: OwnedDescriptor
    private let limit: Int64
    private let what: String
    private var hasher: Digest.Hasher
    private(set) var written: Int64 = 0

    /// `limit`: bytes after which it is refused.
    init(
        _ store: FileDescriptor, _ name: String, _ algorithm: DigestAlgorithm, limit: Int64, what: String
    ) throws(ImageError) {
        self.name = name
        self.limit = limit
        self.what = what
        hasher = Digest.Hasher(algorithm)
        file = try kernel { () throws(KernelError) in
            try store.open(name, [.writeOnly, .create, .exclusive, .noFollow], permissions: 0o600)
        }
    }

    mutating func write(_ bytes: UnsafeRawBufferPointer) throws(ImageError) {
        guard Int64(bytes.count) <= limit - written else {
            throw .sizeMismatch(what: what, expected: limit, found: written + Int64(bytes.count))
        }
        hasher.update(bytes)
        let offset = written
        try kernel { () throws(KernelError) in try file.descriptor.write(bytes, at: offset, subject: what) }
        written += Int64(bytes.count)
    }

    mutating func write(_ bytes: [UInt8]) throws(ImageError) {
        try bytes.withBytes { bytes throws(ImageError) in try write(bytes) }
    }

    /// The digest and size of what was written. Nothing is synced yet.
    consuming func finish() -> (digest: Digest, size: Int64) {
        let size = written
        return (hasher.finish(), size)
    }
}
