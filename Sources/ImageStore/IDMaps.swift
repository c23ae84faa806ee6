internal import ImageLayers
internal import LinuxKernel
public import OCISpec

/// Who in a container is who on the host: the maps of its user namespace.
public struct IDMaps: Hashable, Sendable {
    public var uids: [IDMapping]
    public var gids: [IDMapping]

    public init(uids: [IDMapping], gids: [IDMapping]) {
        self.uids = uids
        self.gids = gids
    }

    /// A user namespace with these maps, in which no process is.
    func namespace() throws(KernelError) -> NamespaceHandle {
        try makeUserNamespace(uids: Self.lines(uids), gids: Self.lines(gids))
    }

    /// The host's id of the container's root's group; nil where it has none.
    var hostRootGroup: UInt32? { Self.host(0, gids) }

    /// The host's ids of an owner in the image.
    func owner(_ uid: UInt32, _ gid: UInt32) throws(LayerError) -> (UInt32, UInt32) {
        (try Self.host(uid, uids, "uid"), try Self.host(gid, gids, "gid"))
    }

    private static func host(_ id: UInt32, _ maps: [IDMapping], _ kind: String) throws(LayerError) -> UInt32 {
        guard let host = host(id, maps) else {
            throw .refused(path: "/", reason: "its owner, \(kind) \(id), is nobody by the id maps")
        }
        return host
    }

    private static func host(_ id: UInt32, _ maps: [IDMapping]) -> UInt32? {
        maps.first { id >= $0.containerID && id - $0.containerID < $0.size }.map { $0.hostID + (id - $0.containerID) }
    }

    private static func lines(_ maps: [IDMapping]) -> String {
        maps.map { "\($0.containerID) \($0.hostID) \($0.size)\n" }.joined()
    }
}
