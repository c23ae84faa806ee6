/// How strongly a pod is promised its resources (`defaults.md`, section 8): who is asked to go first when memory runs out.
public enum QoSClass: String, Hashable, Sendable {
    /// Each container has limits of cpu and memory, and its requests equal them.
    case guaranteed = "Guaranteed"
    case burstable = "Burstable"
    /// No container has a request or a limit.
    case bestEffort = "BestEffort"
}

extension Pod.Spec {
    /// Counts cpu and memory of all containers, those that initialize included; zero is as if nothing was said. What is said of the whole pod stands for
    /// all of them.
    public var qosClass: QoSClass {
        if let resources, !resources.isZero { return resources.isGuaranteed ? .guaranteed : .burstable }
        let all = allContainers.map(\.resources)
        if all.allSatisfy(\.isZero) { return .bestEffort }
        return all.allSatisfy(\.isGuaranteed) ? .guaranteed : .burstable
    }

    /// What the pod as a whole is promised: what it says, or what its containers are together, of which those that initialize run alone.
    public var promised: ResourceList {
        func promise(_ amount: KeyPath<ResourceList, Quantity?>) -> Quantity {
            if let said = resources?.requests[keyPath: amount] { return said }
            let together = containers.compactMap { $0.resources.requests[keyPath: amount]?.nano }.reduce(0, +)
            let alone = initContainers.compactMap { $0.resources.requests[keyPath: amount]?.nano }.max() ?? 0
            return Quantity(nano: max(together, alone))
        }
        return ResourceList(cpu: promise(\.cpu), memory: promise(\.memory))
    }

    /// Bytes that a container is promised: with a promise to the whole pod its share of what the others leave of it.
    public func promisedMemory(of container: Container) -> Int128 {
        let own = container.resources.requests.memory?.value ?? 0
        guard let whole = resources?.requests.memory?.value, !containers.isEmpty else { return own }
        let together = containers.compactMap { $0.resources.requests.memory?.value }.reduce(0, +)
        return own + max(0, whole - together) / Int128(containers.count)
    }
}

extension ResourceList {
    fileprivate var isZero: Bool { cpu?.nano ?? 0 == 0 && memory?.nano ?? 0 == 0 }
}

extension ResourceRequirements {
    fileprivate var isZero: Bool { requests.isZero && limits.isZero }

    fileprivate var isGuaranteed: Bool {
        guard let cpu = limits.cpu, let memory = limits.memory, cpu.nano > 0, memory.nano > 0 else { return false }
        return requests.cpu?.nano == cpu.nano && requests.memory?.nano == memory.nano
    }
}
