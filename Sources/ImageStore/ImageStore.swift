public import Digests
public import ImageSpec
internal import Journal
internal import LinuxKernel
public import LinuxTypes

/// The images of a state root: blobs and unpacked layers as files named by digest, and in the journal what they are and how they are called.
///
/// Nothing is named before it is verified and on the disk; nothing that is named, used or being loaded is removed. One instance belongs to one thread.
public final class ImageStore {
    /// Where the state root is.
    public let root: HostPath
    let directory: StoreDirectory
    let journal: Journal
    let locks: DigestLocks
    public let limits: ImageLimits
    /// Whose word it is which images may be used.
    public var trust = TrustSource.machine
    /// Whom to tell what is going on.
    public var observer: any LoadObserver = SilentObserver()

    private init(
        root: HostPath, directory: consuming StoreDirectory, journal: Journal, limits: ImageLimits, isWritable: Bool
    ) throws(ImageError) {
        self.root = root
        locks = try DigestLocks(directory.descriptor, isWritable: isWritable)
        self.directory = directory
        self.journal = journal
        self.limits = limits
    }

    /// Opens the store of a state root, which is made where it is missing.
    public static func open(
        root: HostPath, runRoot: HostPath? = nil, limits: ImageLimits = ImageLimits()
    ) throws(ImageError) -> ImageStore {
        guard let directory = try StoreDirectory.open(root: root, isMade: true) else { throw .notFound(root.string) }
        let journal = try journaling { () throws(JournalError) in
            try StoreLocation(root: root, runRoot: runRoot).open(isWritable: true)
        }
        return try ImageStore(root: root, directory: directory, journal: journal, limits: limits, isWritable: true)
    }

    /// Opens the store of a state root to look at it; nil where nothing was ever loaded there.
    public static func openIfPresent(root: HostPath, runRoot: HostPath? = nil) throws(ImageError) -> ImageStore? {
        guard let directory = try StoreDirectory.open(root: root, isMade: false) else { return nil }
        // Order: whoever makes a store makes the lock last, so that one without it, and without a blob, is being made just now.
        guard try directory.isComplete() else { return nil }
        let location = StoreLocation(root: root, runRoot: runRoot)
        let isThere = try journaling { () throws(JournalError) in try location.exists() }
        guard isThere else { return nil }
        let journal = try journaling { () throws(JournalError) in try location.open(isWritable: false) }
        return try ImageStore(root: root, directory: directory, journal: journal, limits: ImageLimits(), isWritable: false)
    }

    /// Descriptor of the directory `images`.
    var files: FileDescriptor { directory.descriptor }

    /// Takes the locks of content, and says for whom it waits. `patience` in seconds.
    func lock(
        _ digests: [Digest], _ mode: DigestLocks.Mode = .exclusive, patience: Int64 = LoadRequest.defaultPatience
    ) throws(ImageError) {
        try locks.take(digests, mode, patience: patience * 1_000_000) { holder in
            observer.note("waiting for \(holder), which loads the same")
        }
    }
}

// Names of files, relative to the store.

extension ImageStore {
    static func blob(_ digest: Digest) -> String { "blobs/" + digest.fileName }
    static func layer(_ digest: Digest) -> String { "layers/" + digest.fileName }
    static let tree = "/tree"

    /// Whether a blob of this digest and size lies in the store. It was verified before it got its name.
    func hasBlob(_ descriptor: Descriptor) throws(ImageError) -> Bool {
        guard let status = try status(Self.blob(descriptor.digest)) else { return false }
        return status.type == .regular && status.size == descriptor.size
    }

    func hasLayer(_ diffID: Digest) throws(ImageError) -> Bool {
        try status(Self.layer(diffID) + Self.tree)?.type == .directory
    }

    /// nil where there is nothing.
    func status(_ name: String) throws(ImageError) -> FileStatus? {
        do throws(KernelError) { return try files.status(of: name) } catch {
            if error.errno == .ENOENT { return nil }
            throw .kernel(error)
        }
    }

    /// A blob to be read. Throws `incomplete` where none of this digest and size lies in the store.
    func openBlob(_ blob: Descriptor) throws(ImageError) -> OwnedDescriptor {
        // Order: looked at when it is open. Others may take it out of the store at any time.
        guard let file = try openBlob(blob.digest), try Self.size(of: file) == blob.size else {
            throw .incomplete(blob.digest.short, part: "the blob \(blob.digest) is missing")
        }
        return file
    }

    /// Bytes.
    static func size(of file: borrowing OwnedDescriptor) throws(ImageError) -> Int64 {
        try kernel { () throws(KernelError) in try file.descriptor.status().size }
    }

    /// A blob; nil where there is none, or something else in its place.
    func openBlob(_ digest: Digest) throws(ImageError) -> OwnedDescriptor? {
        do throws(KernelError) {
            let file = try files.open(Self.blob(digest), [.readOnly, .noFollow, .nonblocking])
            guard try file.descriptor.status().type == .regular else { return nil }
            return file
        } catch {
            // ELOOP: a symbolic link.
            if error.errno == .ENOENT || error.errno == .ELOOP { return nil }
            throw .kernel(error)
        }
    }

    /// The path of a layer's tree on the host: for mounts, whose options are paths.
    public func treePath(of diffID: Digest) -> HostPath { directory.path.appending(Self.layer(diffID) + Self.tree) }
}
