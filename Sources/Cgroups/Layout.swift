/// Which cgroups a host has and where the caller is in them: the facts from which a `Plan` is made.
public struct Layout: Hashable, Sendable {
    /// How a host's hierarchies are shared between the two versions.
    public enum Kind: String, Hashable, Sendable {
        case v1
        case v2
        /// Both: controllers are spread over the two, and the v2 tree exists even if it has none.
        case hybrid
    }

    /// The v2 tree.
    public let unified: Hierarchy?
    /// The v1 trees, in the order of `/proc/self/cgroup`.
    public let legacy: [Hierarchy]

    public init(unified: Hierarchy?, legacy: [Hierarchy]) {
        self.unified = unified
        self.legacy = legacy
    }

    /// nil where nothing is mounted.
    public var kind: Kind? {
        if unified == nil { return legacy.isEmpty ? nil : .v1 }
        return legacy.isEmpty ? .v2 : .hybrid
    }

    /// The tree that has a controller, v1 first: a controller is in one only. `blkio` finds `io`.
    public func hierarchy(with controller: Controller) -> Hierarchy? {
        if let found = legacy.first(where: { $0.controllers.contains(controller) }) { return found }
        guard let unified else { return nil }
        return unified.controllers.contains(controller == .blkio ? .io : controller) ? unified : nil
    }
}

extension Layout: CustomStringConvertible {
    public var description: String {
        let trees = legacy + (unified.map { [$0] } ?? [])
        let lines = trees.map { tree in
            let controllers = tree.controllers.map(\.rawValue).joined(separator: ",")
            return "v\(tree.version.rawValue) \(tree.mountPoint) [\(controllers)] at \(tree.own)"
        }
        return ([kind?.rawValue ?? "none"] + lines).joined(separator: "\n")
    }
}
