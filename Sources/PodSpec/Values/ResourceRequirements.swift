/// What a container is promised and what it may use at most.
public struct ResourceRequirements: Equatable, Sendable {
    /// Where a limit stands without a request, the request is the limit.
    public var requests: ResourceList
    public var limits: ResourceList

    public init(requests: ResourceList = ResourceList(), limits: ResourceList = ResourceList()) {
        self.requests = requests
        self.limits = limits
    }
}
