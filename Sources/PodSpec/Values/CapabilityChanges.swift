/// Changes to the capabilities that a container has by default.
public struct CapabilityChanges: Equatable, Sendable {
    /// Names without `CAP_`, as `NET_ADMIN`; or `ALL`.
    public var add: [String]
    /// Names without `CAP_`; or `ALL`, which is taken away before anything is added.
    public var drop: [String]

    public init(add: [String] = [], drop: [String] = []) {
        self.add = add
        self.drop = drop
    }
}
