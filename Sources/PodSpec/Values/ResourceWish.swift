/// What somebody wants changed of the resources of a container or a pod.
public struct ResourceWish: Hashable, Sendable {
    /// A new amount, or none any more.
    public enum Amount: Hashable, Sendable {
        case none
        case some(Quantity)

        /// `none`, or a quantity not below zero; nil for anything else.
        public init?(_ text: String) {
            if text == "none" {
                self = .none
            } else if let quantity = Quantity(text), quantity.nano >= 0 {
                self = .some(quantity)
            } else {
                return nil
            }
        }

        fileprivate var quantity: Quantity? { if case .some(let quantity) = self { quantity } else { nil } }
    }

    public var cpuRequest: Amount?
    public var memoryRequest: Amount?
    public var cpuLimit: Amount?
    public var memoryLimit: Amount?

    public init() {}

    public var isEmpty: Bool { self == ResourceWish() }

    /// What comes of it. A request that nobody mentions stays.
    public func change(_ before: ResourceRequirements) -> ResourceRequirements {
        var after = before
        if let cpuRequest { after.requests.cpu = cpuRequest.quantity }
        if let memoryRequest { after.requests.memory = memoryRequest.quantity }
        if let cpuLimit { after.limits.cpu = cpuLimit.quantity }
        if let memoryLimit { after.limits.memory = memoryLimit.quantity }
        return after
    }
}
