public import Digests
internal import ImageLayers
public import Journal
public import LinuxKernel
internal import LinuxTypes

/// Roots of containers: the layers of an image, shared and read-only, below a writable layer of the container's own.
///
/// `/images/<digest>/users/<user>` says who has one, and below `roots/<user>` is the writable layer. The order of making one: the directory, with a lock
/// that its maker holds; the key, in one transaction with what the caller records; the mount. Cut off after any step, there is a directory whose lock is
/// free and which no overlay uses: `discardRoot` takes it away.
extension ImageStore {
    static func root(of user: String) -> String { "roots/" + user }

    /// Makes a root for a container, as a mount that is attached nowhere: the caller attaches it where it wants it, and dropping it unmounts it. nil where a
    /// comparison of `transaction` does not hold.
    ///
    /// `user` is one name, unlike any other's; `value` is what the user's key gets. Throws `noOverlay` where the file system cannot carry one. After an error
    /// the key may be there or not: `removeRoot` takes away what is.
    public func makeRoot(
        of image: StoredImage, for user: String, value: [UInt8], _ request: RootRequest = RootRequest(),
        in transaction: Transaction = Transaction(then: []), _ durability: Durability = .durable
    ) throws(ImageError) -> DetachedMount? {
        guard FileName(user) != nil else { throw .refused(path: user, reason: "no name for a root") }
        if request.verifiesLayers { try verifyLayers(of: image) }
        let place = try makePlace(user)
        let claimed: (image: StoredImage, quota: DirectoryQuota?)?
        do throws(ImageError) {
            let directory = try kernel { () throws(KernelError) in
                try files.open(place.name, [.readOnly, .directory, .noFollow])
            }
            claimed = try claim(
                image, user, value, transaction, durability, limiting: request.sizeLimit == nil ? nil : directory.descriptor)
        } catch {
            try place.remove()
            throw error
        }
        guard let claimed else {
            try place.remove()
            return nil
        }
        // Order: the lock is held until there is an overlay, by which others see that the layer is in use.
        return try withExtendedLifetime(place) { () throws(ImageError) in
            try mountRoot(claimed.image, place, request, claimed.quota)
        }
    }

    /// Takes a root away with all that was written in it, and its key in one transaction with what the caller records. The caller has unmounted it.
    /// Throws `rootInUse` where an overlay has it still, in any mount namespace, after `patience` milliseconds.
    public func removeRoot(
        of image: Digest, for user: String, in transaction: Transaction = Transaction(then: []), patience: Int = 0,
        _ durability: Durability = .durable
    ) throws(ImageError) {
        guard try discardRoot(user, patience: patience) else { throw .rootInUse(user) }
        var transaction = transaction
        transaction.success.append(.delete(.key(StoreKeys.user(user, of: image))))
        let removal = transaction
        _ = try journaling { () throws(JournalError) in try journal.commit(removal, durability) }
    }

    private func makePlace(_ user: String) throws(ImageError) -> Workplace {
        do throws(ImageError) { return try Workplace.make(files, locks, at: Self.root(of: user)) } catch {
            if case .kernel(let cause) = error, cause.errno == .EEXIST { throw .exists(Self.root(of: user)) }
            throw error
        }
    }

    /// Records the user, and with a directory to limit the project that it is marked with. nil where a comparison of the caller's does not hold.
    private func claim(
        _ image: StoredImage, _ user: String, _ value: [UInt8], _ transaction: Transaction, _ durability: Durability,
        limiting place: FileDescriptor?
    ) throws(ImageError) -> (image: StoredImage, quota: DirectoryQuota?)? {
        var image = image
        let digest = image.record.digest
        for _ in 0..<64 {
            let quota: DirectoryQuota? = if let place { try DirectoryQuota.draw(for: place) } else { nil }
            var claim = transaction
            claim.comparisons.append(.isUnchanged(StoreKeys.image(digest), since: image.revision))
            claim.success.append(.put(StoreKeys.user(user, of: digest), value: value))
            if let (comparison, operation) = quota?.claim(for: Self.owner(of: user)) {
                claim.comparisons.append(comparison)
                claim.success.append(operation)
            }
            let request = claim
            if try journaling({ () throws(JournalError) in try journal.commit(request, durability) }).succeeded {
                return (image, quota)
            }
            if let quota, try isClaimed(quota) { continue }
            guard let current = try images().first(where: { $0.record.digest == digest }) else { throw .notFound(digest.short) }
            // The image is as it was: then it was a comparison of the caller's that did not hold.
            if current.revision == image.revision { return nil }
            image = current
        }
        throw .busy("somebody")
    }

    private func mountRoot(
        _ image: StoredImage, _ place: Workplace, _ request: RootRequest, _ quota: DirectoryQuota?
    ) throws(ImageError) -> DetachedMount {
        let open = try trees(of: image)
        let visible = try layering(image.record.digest.short) { () throws(LayerError) in
            try LayerStack.visibleCount(of: open.descriptors)
        }
        guard visible > 0 else { throw .notAnImage("it has no layers") }
        let layers = Array(open.descriptors[..<visible])
        let writable = try makeWritable(place, as: layers[0], request.idMaps)
        if let quota, let bytes = request.sizeLimit {
            // Order: before the overlay, whose first directory is to belong to the project as well: it renames from one to the other.
            try quota.enforce(bytes: bytes, on: writable.upper.descriptor)
            try quota.cover(writable.upper.descriptor)
            try quota.cover(writable.work.descriptor)
        }
        // A container's device nodes come from its configuration, not from its image.
        let attributes: MountAttributes = request.isReadOnly ? [.readOnly, .noDevices] : [.noDevices]
        return try Self.overlaying { () throws(KernelError) in
            let writable = (writable.upper.descriptor, writable.work.descriptor)
            guard let maps = request.idMaps else {
                return try OverlayStack(lower: layers, writable: writable, attributes: attributes, label: request.seLinuxLabel)
                    .mount()
            }
            let mapped = try Self.mapped(layers, maps)
            return try OverlayStack(
                lower: mapped.descriptors, writable: writable, attributes: attributes, label: request.seLinuxLabel
            ).mount()
        }
    }

    /// The writable layer's directories. Its root is what the container sees as its root: it is as the top layer's.
    private func makeWritable(
        _ place: Workplace, as top: FileDescriptor, _ maps: IDMaps?
    ) throws(ImageError) -> WritableLayer {
        let upper = try makeDirectory(place.name + "/upper")
        let work = try makeDirectory(place.name + "/work")
        try checkCarries(upper.descriptor, place)
        try layering("the image's root directory") { () throws(LayerError) in
            try LayerStack.dress(upper.descriptor, as: top) { uid, gid throws(LayerError) in
                try maps?.owner(uid, gid) ?? (uid, gid)
            }
        }
        return WritableLayer(upper: upper, work: work)
    }

    private func makeDirectory(_ name: String) throws(ImageError) -> OwnedDescriptor {
        try kernel { () throws(KernelError) in
            try files.makeDirectory(name, permissions: 0o700)
            return try files.open(name, [.readOnly, .directory, .noFollow])
        }
    }

    /// overlayfs mounts on top of what has no extended attributes, or does not tell types of entries, and then loses what was removed.
    private func checkCarries(_ upper: FileDescriptor, _ place: Workplace) throws(ImageError) {
        let attribute = Array("trusted.overlay.hull".utf8)
        do throws(KernelError) {
            try upper.setAttribute(attribute, to: [1])
            try upper.removeAttribute(attribute)
        } catch {
            switch error.errno {
            case .ENOTSUP, .EPERM, .EACCES, .EINVAL: throw .noOverlay("\(error)")
            default: throw .kernel(error)
            }
        }
        let hasTypes = try kernel { () throws(KernelError) in
            let directory = try files.open(place.name, [.readOnly, .directory, .noFollow])
            var stream = try DirectoryStream(directory.descriptor)
            while let entry = try stream.next() {
                if entry.type == nil { return false }
            }
            return true
        }
        guard hasTypes else { throw .noOverlay("the file system of the store does not tell the types of its entries") }
    }

    /// Mounts of layers whose owners are mapped: nothing on the disk changes.
    private static func mapped(_ layers: [FileDescriptor], _ maps: IDMaps) throws(KernelError) -> DescriptorList {
        let namespace = try maps.namespace()
        var mounts = DescriptorList()
        for layer in layers {
            let mount = try DetachedMount.cloning(layer, subject: "a layer")
            try mount.mapOwners(by: namespace.descriptor, subject: "a layer (its file system must be able to map owners)")
            mounts.append(mount.release())
        }
        return mounts
    }

    /// What a kernel or a file system that lacks something says is told from what went wrong.
    private static func overlaying(
        _ body: () throws(KernelError) -> DetachedMount
    ) throws(ImageError) -> DetachedMount {
        do throws(KernelError) { return try body() } catch {
            switch error.errno {
            case .ENODEV, .EINVAL, .ENOTSUP, .ENOSYS: throw .noOverlay("\(error)")
            default: throw .kernel(error)
            }
        }
    }

    /// Removes a writable layer that no overlay uses and nobody is making. false where one does; true also where there is none. `patience` in
    /// milliseconds: a mount that was detached goes a little later.
    func discardRoot(_ user: String, patience: Int = 0) throws(ImageError) -> Bool {
        let name = Self.root(of: user)
        guard try status(name) != nil else { return true }
        var left = patience
        func hasPatience() -> Bool {
            guard left > 0 else { return false }
            pause(milliseconds: 20)
            left -= 20
            return true
        }
        var claimed = try claim(name)
        while claimed == nil {
            // Its maker is at it, or somebody who looks for strays.
            if try status(name) == nil { return true }
            guard hasPatience() else { return false }
            claimed = try claim(name)
        }
        // Order: held until all is gone, so that nobody makes another in between.
        defer { claimed?.close() }
        while try isMounted(name) { guard hasPatience() else { return false } }
        try releaseQuota(of: user)
        try Workplace.remove(name, files)
        return true
    }

    private func claim(_ name: String) throws(ImageError) -> FileDescriptor? {
        try locks.inDoorway { () throws(ImageError) in try Workplace.claim(name, files) }
    }

    private func isMounted(_ name: String) throws(ImageError) -> Bool {
        do throws(KernelError) {
            let upper = try files.open(name + "/upper", [.readOnly, .directory, .noFollow])
            let work = try files.open(name + "/work", [.readOnly, .directory, .noFollow])
            let below = try files.open("blobs", [.readOnly, .directory, .noFollow])
            return try OverlayStack.isInUse(upper: upper.descriptor, work: work.descriptor, below: below.descriptor)
        } catch {
            switch error.errno {
            // Its maker did not come so far; or no overlay can be there.
            case .ENOENT, .ENODEV, .EINVAL, .ENOTSUP, .ESTALE: return false
            default: throw .kernel(error)
            }
        }
    }
}

/// The directories of a writable layer, open.
private struct WritableLayer: ~Copyable {
    let upper: OwnedDescriptor
    let work: OwnedDescriptor
}
