public import Digests
internal import ImageLayers
internal import Journal
public import LinuxKernel
public import LinuxTypes

/// A place where an image can be looked into.
public struct ImageMount: Hashable, Sendable {
    public var digest: Digest
    public var path: String
}

extension ImageStore {
    static let mountUser = "mount"

    /// Mounts an image read-only below a directory of the run root, and says where. Where it is mounted already it stays as it is.
    ///
    /// The mount uses the image: it is not removed before it is unmounted, or the machine has been restarted.
    ///
    /// `verifiesLayers`: its layers are compared with what was loaded first.
    public func mount(
        _ text: String, below directory: HostPath, verifiesLayers: Bool = false
    ) throws(ImageError) -> ImageMount {
        for _ in 0..<64 {
            let image = try usable(text)
            if verifiesLayers { try verifyLayers(of: image) }
            let digest = image.record.digest
            let path = directory.appending(digest.algorithm.rawValue + "-" + digest.hex)
            let key = StoreKeys.user(Self.mountUser, of: digest)
            // Order: used before it is mounted. A mount that failed, or whose maker died, is found by `unmount`.
            let transaction = Transaction(
                if: [.isUnchanged(StoreKeys.image(digest), since: image.revision)],
                then: [.put(key, value: Array("\"\(path.string)\"".utf8))])
            let answer = try journaling { () throws(JournalError) in try journal.commit(transaction, .volatile) }
            guard answer.succeeded else { continue }
            if try Self.isMountPoint(path) { return ImageMount(digest: digest, path: path.string) }
            do throws(ImageError) { try attach(image, at: path) } catch {
                // Somebody else's, made meanwhile, goes on using the image.
                if try Self.isMountPoint(path) { throw error }
                _ = try journaling { () throws(JournalError) in try journal.delete(.key(key), .volatile) }
                throw error
            }
            return ImageMount(digest: digest, path: path.string)
        }
        throw .busy("somebody")
    }

    /// Ends a mount. Throws `notFound` where there is none.
    public func unmount(_ text: String, below directory: HostPath) throws(ImageError) -> ImageMount {
        let image = try image(text)
        let digest = image.record.digest
        let path = directory.appending(digest.algorithm.rawValue + "-" + digest.hex)
        guard image.users.contains(Self.mountUser) else { throw .notMounted(text) }
        // Two mounts of one image at the same moment lie on each other.
        while try Self.isMountPoint(path) { try kernel { () throws(KernelError) in try unmountDetached(path.string) } }
        do throws(KernelError) { try FileDescriptor.workingDirectory.removeDirectory(path.string) } catch {
            if error.errno != .ENOENT { throw .kernel(error) }
        }
        // Order: last, since until then it may be mounted.
        _ = try journaling { () throws(JournalError) in
            try journal.delete(.key(StoreKeys.user(Self.mountUser, of: digest)), .volatile)
        }
        return ImageMount(digest: digest, path: path.string)
    }

    /// The image's files to read, as a mount that is attached nowhere and goes with who holds it.
    public func look(into image: StoredImage) throws(ImageError) -> DetachedMount { try stack(image) }

    private func attach(_ image: StoredImage, at path: HostPath) throws(ImageError) {
        try kernel { () throws(KernelError) in try makeDirectories(path.string, permissions: 0o700) }
        let target = try kernel { () throws(KernelError) in
            try FileDescriptor.workingDirectory.open(path.string, [.pathOnly, .directory, .noFollow])
        }
        let mount = try stack(image)
        try kernel { () throws(KernelError) in try mount.attach(to: target.descriptor, subject: path.string) }
    }

    /// The image's layers as one file system: nothing in it is executed with privileges, and its device nodes are none.
    private func stack(_ image: StoredImage) throws(ImageError) -> DetachedMount {
        let attributes: MountAttributes = [.readOnly, .noSetuid, .noDevices]
        let open = try trees(of: image)
        // overlayfs does not look at the mark of a layer's root that hides all below it.
        let visible = try layering(image.record.digest.short) { () throws(LayerError) in
            try LayerStack.visibleCount(of: open.descriptors)
        }
        guard visible > 0 else { throw .notAnImage("it has no layers") }
        return try kernel { () throws(KernelError) in
            // overlayfs wants two layers.
            if visible == 1 {
                let mount = try DetachedMount.cloning(open[0], subject: image.record.digest.short)
                try mount.setAttributes(set: attributes, propagation: .isPrivate, subject: image.record.digest.short)
                return mount
            }
            return try OverlayStack(lower: Array(open.descriptors[..<visible]), attributes: attributes).mount()
        }
    }

    /// Whether something is mounted there.
    private static func isMountPoint(_ path: HostPath) throws(ImageError) -> Bool {
        do throws(KernelError) {
            let here = try FileDescriptor.workingDirectory.open(path.string, [.pathOnly, .directory, .noFollow])
            // Above a mount's root is the directory that it is mounted in.
            let above = try here.descriptor.open("..", [.pathOnly, .directory])
            return try here.descriptor.mountID() != above.descriptor.mountID()
        } catch {
            if error.errno == .ENOENT { return false }
            throw .kernel(error)
        }
    }
}
