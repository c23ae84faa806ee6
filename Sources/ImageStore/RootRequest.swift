/// What root a container is to have.
public struct RootRequest: Hashable, Sendable {
    public var isReadOnly = false
    /// Those of the container's user namespace; nil where it has none of its own.
    public var idMaps: IDMaps?

    public init(isReadOnly: Bool = false, idMaps: IDMaps? = nil) {
        self.isReadOnly = isReadOnly
        self.idMaps = idMaps
    }
}
