internal import ImageStore
internal import Journal
internal import LinuxKernel
internal import LinuxTypes
internal import OCISpec
internal import PodRecords
internal import PodSpec

/// Who the users of a pod with `hostUsers: false` are on the machine.
struct PodUsers: Hashable, Sendable {
    /// The machine's id of the pod's root.
    let first: UInt32

    /// Whose the files of the image and of volumes are: what is root's there is the pod's root's.
    var mappings: [IDMapping] { [IDMapping(containerID: 0, hostID: first, size: Pod.Spec.idCount)] }

    /// The line for a user namespace's maps.
    var map: String { "0 \(first) \(Pod.Spec.idCount)\n" }

    /// The machine's id of one of the pod's users or groups.
    func hostID(_ id: UInt32) -> UInt32 { first + id }
}

extension PodWorker {
    /// nil for a pod whose users are the machine's.
    func users() throws(PodError) -> PodUsers? {
        guard let first = try planIfPresent()?.firstUser else { return nil }
        return PodUsers(first: first)
    }

    /// What roots of its containers are made of.
    func rootRequest(isReadOnly: Bool = false, of container: Container? = nil, in pod: Pod? = nil) throws(PodError) -> RootRequest
    {
        let users = try users()
        let limit = container?.resources.limits.ephemeralStorage.map { UInt64(clamping: $0.value) }
        let label: String? = if let container, let pod { pod.seLinuxOptions(of: container)?.fileLabel } else { nil }
        return RootRequest(
            isReadOnly: isReadOnly, idMaps: users.map { IDMaps(uids: $0.mappings, gids: $0.mappings) }, sizeLimit: limit,
            seLinuxLabel: label)
    }

    /// A root, volatile as the container is. nil where somebody else has one of that name.
    func makeRoot(
        of image: StoredImage, for user: String, _ request: RootRequest, in store: ImageStore
    ) throws(ImageError) -> DetachedMount? {
        do throws(ImageError) {
            return try store.makeRoot(of: image, for: user, value: Array(user.utf8), request, .volatile)
        } catch {
            guard case .noOverlay(let reason) = error, request.idMaps != nil else { throw error }
            throw .noOverlay("\(reason) (with 'hostUsers: false' it needs Linux 6.15, and a file system that can map owners)")
        }
    }

    /// Makes the namespaces of these kinds so that the pod's user namespace owns them, enters them, and returns the user namespace.
    func enterOwned(_ kinds: [NamespaceKind], by users: PodUsers) throws(KernelError) -> OwnedDescriptor {
        let made = try makeNamespaces(kinds, uids: users.map, gids: users.map)
        for (kind, descriptor) in zip(kinds, made.descriptors.dropFirst()) { try descriptor.enterNamespace(kind) }
        return try made[0].duplicate()
    }

    /// Parameters of IPC objects are root's of the user namespace to set, whom not even the machine's root stands in for.
    func isOfPodsRoot(_ sysctl: Sysctl) -> Bool { !sysctl.name.hasPrefix("net.") }
}
