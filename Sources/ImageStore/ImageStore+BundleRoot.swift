internal import Digests
internal import ImageLayers
internal import Journal
internal import LinuxKernel
public import LinuxTypes
import OCISpec

/// A bundle on overlayfs that was made, and not taken away by `unbundle`.
struct StoredBundle {
    var image: Digest
    /// The user's name, and that of its writable layer.
    var user: String
    var record: BundleRecord
}

extension ImageStore {
    /// Takes a bundle away: its mount, what was written in it, `rootfs` and `config.json`, and the directory itself where nothing else is in it; a copy as
    /// well as one on overlayfs. Throws `rootInUse` where a container still has the root; then the mount in the directory is gone, and the call can be repeated.
    public func unbundle(_ path: HostPath) throws(ImageError) {
        guard let directory = try Self.openDirectory(path) else {
            // Somebody removed it by hand. What is left is known by what it was called.
            let name = try Self.absolute(path)
            let found = try bundles().filter { $0.record.path == name }
            guard !found.isEmpty else { throw .kernel(KernelError(call: "open", errno: .ENOENT, subject: path.string)) }
            for bundle in found { try discard(bundle, path) }
            return try forget(found)
        }
        let status = try kernel { () throws(KernelError) in try directory.descriptor.status() }
        let found = try bundles().filter { $0.record.device == status.device && $0.record.inode == status.inode }
        if found.isEmpty, try !Self.isBundle(directory.descriptor) { throw .notABundle(path.string) }
        try Self.detachRoot(in: directory.descriptor)
        for bundle in found { try discard(bundle, path) }
        try Self.removeBundleFiles(in: directory.descriptor, path)
        do throws(KernelError) { try FileDescriptor.workingDirectory.removeDirectory(path.string) } catch {
            switch error.errno {
            // Other files are in it; it is called `.`; something is mounted on it.
            case .ENOTEMPTY, .EEXIST, .EINVAL, .EBUSY: observer.note("'\(path)' stays: \(error)")
            default: throw .kernel(error)
            }
        }
        // Order: last. Until then the same call finds the rest.
        try forget(found)
    }

    /// Forgets bundles of an image, or of all, whose mounts are gone, and what was written in them: who removed a directory by hand, or restarted the machine,
    /// uses no image any more.
    func dropDeadBundles(of image: Digest? = nil) throws(ImageError) {
        for bundle in try bundles() where image == nil || bundle.image == image {
            if try discardRoot(bundle.user) { try forget([bundle]) }
        }
    }

    /// Removes writable layers that nobody has recorded: makers that died.
    func dropStrayRoots() throws(ImageError) {
        let users = Set(try images().flatMap(\.users))
        let names = try kernel { () throws(KernelError) in
            let roots = try files.open("roots", [.readOnly, .directory, .noFollow])
            return try roots.descriptor.directoryEntries()
        }
        for name in names where !users.contains(name) { _ = try discardRoot(name) }
        try dropStrayQuotas()
    }

    private func forget(_ bundles: [StoredBundle]) throws(ImageError) {
        for bundle in bundles {
            let key = StoreKeys.user(bundle.user, of: bundle.image)
            _ = try journaling { () throws(JournalError) in try journal.delete(.key(key), .volatile) }
        }
    }

    private func discard(_ bundle: StoredBundle, _ path: HostPath) throws(ImageError) {
        guard try discardRoot(bundle.user, patience: 1000) else {
            throw .rootInUse(path.string)
        }
    }

    /// The users of an image, as a person knows them.
    func usersForPeople(of image: StoredImage) throws(ImageError) -> [String] {
        let bundles = try bundles()
        return image.users.map { user in
            bundles.first { $0.user == user }.map { "the bundle in '\($0.record.path)'" } ?? user
        }
    }

    /// Those of earlier boots as well.
    private func bundles() throws(ImageError) -> [StoredBundle] {
        var bundles: [StoredBundle] = []
        for keyValue in try range(StoreKeys.images) {
            let rest = StoreKeys.rest(keyValue.key, behind: StoreKeys.images)
            guard let slash = rest.utf8.firstIndex(of: UInt8(ascii: "/")), let image = Self.digest(String(rest[..<slash])) else {
                continue
            }
            let user = String(rest[slash...].dropFirst("/users/".utf8.count))
            guard user.hasPrefix(BundleRecord.prefix), FileName(user) != nil else { continue }
            bundles.append(StoredBundle(image: image, user: user, record: try read(keyValue, "the record of \(user)")))
        }
        return bundles
    }
}

// The directory of a bundle, which others may have changed: nothing in it is reached through a link.

extension ImageStore {
    static func newBundleUser() throws(ImageError) -> String {
        try kernel { () throws(KernelError) in BundleRecord.prefix + String(try randomNumber(), radix: 16) }
    }

    /// The container's root, who is nobody on the host, must come through the directory to `rootfs`; nobody else does.
    static func letIn(_ maps: IDMaps?, _ directory: FileDescriptor) throws(ImageError) {
        guard let maps, let group = maps.hostRootGroup else { return }
        try kernel { () throws(KernelError) in
            try directory.changeOwner(uid: nil, gid: group)
            try directory.changePermissions(0o710)
        }
    }

    /// Puts the image's files into `rootfs`: an overlay for this user, or a copy for nil, and where no overlay can be.
    func fill(
        _ directory: FileDescriptor, _ path: HostPath, of image: StoredImage, for user: String?, _ request: RootRequest
    ) throws(ImageError) {
        let rootfs = try kernel { () throws(KernelError) in
            try directory.open("rootfs", [.readOnly, .directory, .noFollow])
        }
        if let user {
            do throws(ImageError) { return try attach(directory, path, rootfs.descriptor, of: image, for: user, request) } catch {
                guard case .noOverlay = error, request.sizeLimit == nil else { throw error }
                observer.note("\(error); the files are copied")
                try removeRoot(of: image.record.digest, for: user, .volatile)
            }
        }
        try copyStack(of: image, into: rootfs.descriptor)
        guard let maps = request.idMaps else { return }
        try kernel { () throws(KernelError) in
            let namespace = try maps.namespace()
            let mount = try DetachedMount.cloning(rootfs.descriptor, subject: path.string)
            try mount.mapOwners(by: namespace.descriptor, subject: "\(path) (its file system must be able to map owners)")
            try mount.attach(to: rootfs.descriptor, subject: path.string)
        }
    }

    private func attach(
        _ directory: FileDescriptor, _ path: HostPath, _ rootfs: FileDescriptor, of image: StoredImage, for user: String,
        _ request: RootRequest
    ) throws(ImageError) {
        let status = try kernel { () throws(KernelError) in try directory.status() }
        let record = BundleRecord(path: try Self.absolute(path), device: status.device, inode: status.inode)
        // Volatile, as the mount is.
        guard let mount = try makeRoot(of: image, for: user, value: record.json(), request, .volatile) else {
            throw .busy("somebody")
        }
        try kernel { () throws(KernelError) in try mount.attach(to: rootfs, subject: path.string) }
    }

    /// Unmounts what is mounted at `rootfs`, by the directory that is open: a link of that name is not followed.
    static func detachRoot(in directory: FileDescriptor) throws(ImageError) {
        try kernel { () throws(KernelError) in
            while try isMountPoint("rootfs", in: directory) {
                try unmountDetached("/proc/self/fd/\(directory.number)/rootfs")
            }
        }
    }

    private static func isMountPoint(_ name: String, in directory: FileDescriptor) throws(KernelError) -> Bool {
        do throws(KernelError) {
            let here = try directory.open(name, [.pathOnly, .directory, .noFollow])
            return try here.descriptor.mountID() != directory.mountID()
        } catch {
            switch error.errno {
            case .ENOENT, .ENOTDIR, .ELOOP: return false
            default: throw error
            }
        }
    }

    /// Removes what `bundle` puts into a directory.
    static func removeBundleFiles(in directory: FileDescriptor, _ path: HostPath) throws(ImageError) {
        if let rootfs = FileName("rootfs") {
            try layering(path.string) { () throws(LayerError) in try LayerRemoval.remove(rootfs, in: directory) }
        }
        do throws(KernelError) { try directory.unlink("config.json") } catch {
            if error.errno != .ENOENT { throw ImageError.kernel(error) }
        }
    }

    private static func isBundle(_ directory: FileDescriptor) throws(ImageError) -> Bool {
        do throws(KernelError) {
            let rootfs = try directory.status(of: "rootfs").type
            let configuration = try directory.status(of: "config.json").type
            return rootfs == .directory && configuration == .regular
        } catch {
            if error.errno == .ENOENT { return false }
            throw .kernel(error)
        }
    }

    private static func openDirectory(_ path: HostPath) throws(ImageError) -> OwnedDescriptor? {
        do throws(KernelError) { return try FileDescriptor.workingDirectory.open(path.string, [.readOnly, .directory]) } catch {
            if error.errno == .ENOENT { return nil }
            throw .kernel(error)
        }
    }

    private static func absolute(_ path: HostPath) throws(ImageError) -> String {
        if path.isAbsolute { return path.string }
        return try kernel { () throws(KernelError) in try workingDirectoryPath() + "/" + path.string }
    }
}

extension Configuration {
    /// Says of the root what it is.
    mutating func apply(_ request: RootRequest) {
        root?.readonly = request.isReadOnly
        guard let maps = request.idMaps else { return }
        linux?.uidMappings = maps.uids
        linux?.gidMappings = maps.gids
        linux?.namespaces.append(Namespace(type: .user))
    }
}
