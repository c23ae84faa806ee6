/// What root a container is to have.
public struct RootRequest: Hashable, Sendable {
    public var isReadOnly = false
    /// Those of the container's user namespace; nil where it has none of its own.
    public var idMaps: IDMaps?
    /// Whether the layers are compared with what was loaded, before they are used.
    public var verifiesLayers = false

    public init(isReadOnly: Bool = false, idMaps: IDMaps? = nil, verifiesLayers: Bool = false) {
        self.isReadOnly = isReadOnly
        self.idMaps = idMaps
        self.verifiesLayers = verifiesLayers
    }

    /// The same, once the layers are verified.
    var verified: RootRequest { RootRequest(isReadOnly: isReadOnly, idMaps: idMaps) }
}
