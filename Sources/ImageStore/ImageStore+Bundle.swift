internal import Digests
internal import ImageLayers
import ImageSpec
internal import Journal
public import LinuxKernel
public import LinuxTypes
public import OCISpec
internal import StrictTree

extension ImageStore {
    /// Makes an OCI bundle of an image: `rootfs`, which belongs to the bundle alone, and `config.json`. Returns the configuration.
    ///
    /// `rootfs` is a copy; with `onOverlay` it is a mount of the image's layers with a writable one on top, where the store's file system can carry that, and
    /// the bundle uses the image until `unbundle`, or until its mount is gone. The directory must not exist, or be empty. After an error nothing that was made is left in it.
    public func bundle(
        _ text: String, at path: HostPath, unifiedCgroups: Bool, terminal: Bool, root request: RootRequest = RootRequest(),
        onOverlay: Bool = false
    ) throws(ImageError) -> Configuration {
        let image = try usable(text)
        if request.verifiesLayers { try verifyLayers(of: image) }
        let configuration = try configuration(of: image.record)
        // Whoever removes the image meanwhile leaves its layers to the next who comes.
        try lock(image.record.layers.map(\.diffID), .shared)
        defer { locks.releaseAll() }
        let directory = try OutputDirectory(path, permissions: 0o700)
        let user = onOverlay ? try Self.newBundleUser() : nil
        do throws(ImageError) {
            try kernel { () throws(KernelError) in try directory.descriptor.makeDirectory("rootfs", permissions: 0o755) }
            if directory.isMade { try Self.letIn(request.idMaps, directory.descriptor) }
            try fill(directory.descriptor, path, of: image, for: user, request.verified)
            let root = try kernel { () throws(KernelError) in
                RootDirectory(owning: try directory.descriptor.open("rootfs", [.readOnly, .directory, .noFollow]))
            }
            let account = try Self.user(configuration.execution.user, in: root)
            var result = Configuration(image: configuration, user: account, unifiedCgroups: unifiedCgroups, terminal: terminal)
            result.apply(request)
            try kernel { () throws(KernelError) in
                let file = try directory.descriptor.open(
                    "config.json", [.writeOnly, .create, .exclusive, .noFollow], permissions: 0o644)
                try file.descriptor.writeAll(result.json(.tabs) + [UInt8(ascii: "\n")], subject: "config.json")
            }
            return result
        } catch {
            abandon(directory, path, image, user)
            throw error
        }
    }

    /// Removes what `bundle` has made so far. What cannot be removed is told: the error that led here stays the one that is thrown.
    private func abandon(_ directory: borrowing OutputDirectory, _ path: HostPath, _ image: StoredImage, _ user: String?) {
        let descriptor = directory.descriptor
        do throws(ImageError) {
            try Self.detachRoot(in: descriptor)
            if let user { try removeRoot(of: image.record.digest, for: user, .volatile) }
            try Self.removeBundleFiles(in: descriptor, path)
            if directory.isMade {
                try kernel { () throws(KernelError) in try FileDescriptor.workingDirectory.removeDirectory(path.string) }
            }
        } catch { observer.note("cannot remove '\(path)': \(error)") }
    }

    /// Every blob and layer of an image is there to be used.
    func checkLayers(of image: StoredImage) throws(ImageError) {
        for layer in image.record.layers {
            guard try hasLayer(layer.diffID), try layerRecord(layer.diffID) != nil else {
                throw .incomplete(
                    image.names.first ?? image.record.digest.short, part: "layer \(layer.diffID) is not unpacked")
            }
        }
    }

    // The image's own files decide who a name is. They are as hostile as anything in it: links are followed inside the root only, nothing but a
    // regular file is read, and of that not more than anybody needs.

    /// What a user that an image names, or a manifest beside it, comes to in the image's own files; with `namesNumbers` a number
    /// has the groups of its name.
    public static func user(
        _ text: String, in root: borrowing RootDirectory, namesNumbers: Bool = false
    ) throws(ImageError) -> User {
        let passwd = try accounts("/etc/passwd", root)
        let group = try accounts("/etc/group", root)
        do throws(ImageUserError) {
            return try ImageUser(text).resolved(passwd: passwd, group: group, namesNumbers: namesNumbers)
        } catch { throw .user(text, error) }
    }

    private static func accounts(_ path: String, _ root: borrowing RootDirectory) throws(ImageError) -> [UInt8]? {
        guard let inside = ContainerPath(path) else { return nil }
        // Order: its type first, by a handle, since opening a device may do things.
        guard try kernel({ () throws(KernelError) in try fileType(inside, root) }) == .regular else { return nil }
        return try kernel { () throws(KernelError) in
            let file = try root.open(inside, [.readOnly, .nonblocking, .noControllingTerminal])
            guard try file.descriptor.status().type == .regular else { return nil }
            return try file.descriptor.readToEnd(limit: 4 << 20, subject: "the image's \(path)")
        }
    }

    /// nil where there is nothing, or a link that leads to itself.
    private static func fileType(_ path: ContainerPath, _ root: borrowing RootDirectory) throws(KernelError) -> FileType? {
        do throws(KernelError) {
            guard let handle = try root.handle(path) else { return nil }
            return try handle.descriptor.status().type
        } catch {
            if error.errno == .ELOOP { return nil }
            throw error
        }
    }
}
