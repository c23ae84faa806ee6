public import StrictTree

/// What was changed of a pod's cpu and memory since its manifest was written.
public struct ResourceChanges: Equatable, Sendable {
    /// Of the whole pod; nil where the manifest holds.
    public var pod: ResourceRequirements?
    /// By container.
    public var containers: [String: ResourceRequirements] = [:]

    public init() {}

    /// One JSON object.
    public var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            if let pod { json.object("pod") { pod.write(to: &$0) } }
            json.object("containers") { json in
                for (name, resources) in containers.sorted(by: { $0.key < $1.key }) {
                    json.object(name) { resources.write(to: &$0) }
                }
            }
        }
        return json.bytes
    }

    public init(json bytes: [UInt8]) throws(TreeError) {
        let root = try Document(json: bytes).root
        pod = try root.member("pod").map { value throws(TreeError) in try ResourceRequirements(recorded: value) }
        guard let members = try root.member("containers")?.members else { return }
        for member in members {
            containers[try member.key] = try ResourceRequirements(recorded: member.value)
        }
    }
}

extension ResourceRequirements {
    /// Members `requests` and `limits`, each with `cpu` and `memory` where something is said.
    public func write(to json: inout JSONWriter) {
        for (name, list) in [("requests", requests), ("limits", limits)] where !list.isEmpty {
            json.object(name) { json in
                json.member("cpu", list.cpu.map { "\($0)" })
                json.member("memory", list.memory.map { "\($0)" })
            }
        }
    }

    fileprivate init(recorded value: Value) throws(TreeError) {
        func list(_ name: String) throws(TreeError) -> ResourceList {
            guard let list = try value.member(name) else { return ResourceList() }
            func amount(_ name: String) throws(TreeError) -> Quantity? {
                guard let amount = try list.member(name) else { return nil }
                guard let quantity = Quantity(try amount.string) else { throw amount.failure("no quantity") }
                return quantity
            }
            return ResourceList(cpu: try amount("cpu"), memory: try amount("memory"))
        }
        self.init(requests: try list("requests"), limits: try list("limits"))
    }
}

extension Pod {
    /// Puts what was changed in the place of what the manifest says; the document stays as it was written. Huge pages are not changed.
    public mutating func change(_ changes: ResourceChanges) {
        if let whole = changes.pod {
            let before = spec.resources
            spec.resources = whole
            spec.resources?.keepHugePages(of: before)
        }
        for index in spec.initContainers.indices { Self.change(&spec.initContainers[index], changes) }
        for index in spec.containers.indices { Self.change(&spec.containers[index], changes) }
    }

    private static func change(_ container: inout Container, _ changes: ResourceChanges) {
        guard let changed = changes.containers[container.name] else { return }
        let before = container.resources
        container.resources = changed
        container.resources.keepHugePages(of: before)
    }
}

extension ResourceRequirements {
    fileprivate mutating func keepHugePages(of other: ResourceRequirements?) {
        requests.hugePages = other?.requests.hugePages ?? [:]
        limits.hugePages = other?.limits.hugePages ?? [:]
    }
}
