/// What root a container is to have.
public struct RootRequest: Hashable, Sendable {
    public var isReadOnly = false
    /// Those of the container's user namespace; nil where it has none of its own.
    public var idMaps: IDMaps?
    /// Whether the layers are compared with what was loaded, before they are used.
    public var verifiesLayers = false
    /// Bytes that the container may write, its directories included; nil for as many as there are. At least `DirectoryQuota.leastBytes`. Wants a file
    /// system of the store that enforces quotas of projects.
    public var sizeLimit: UInt64?
    /// The label of SELinux that all files of the root have; nil for their own.
    public var seLinuxLabel: String?

    public init(
        isReadOnly: Bool = false, idMaps: IDMaps? = nil, verifiesLayers: Bool = false, sizeLimit: UInt64? = nil,
        seLinuxLabel: String? = nil
    ) {
        self.isReadOnly = isReadOnly
        self.idMaps = idMaps
        self.verifiesLayers = verifiesLayers
        self.sizeLimit = sizeLimit
        self.seLinuxLabel = seLinuxLabel
    }

    /// The same, once the layers are verified.
    var verified: RootRequest {
        var verified = self
        verified.verifiesLayers = false
        return verified
    }
}
