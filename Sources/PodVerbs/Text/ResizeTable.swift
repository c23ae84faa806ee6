import CommandSupport
public import PodSpec

/// What was changed, before and after.
public enum ResizeTable {
    /// One line for each resource.
    public static func text(of name: String, _ before: ResourceRequirements, _ after: ResourceRequirements) -> String {
        var table = Table(["NAME", "RESOURCE", "REQUEST", "LIMIT"])
        let amounts: [(String, KeyPath<ResourceList, Quantity?>)] = [("cpu", \.cpu), ("memory", \.memory)]
        for (resource, amount) in amounts {
            table.add([
                name, resource, change(before.requests[keyPath: amount], after.requests[keyPath: amount]),
                change(before.limits[keyPath: amount], after.limits[keyPath: amount]),
            ])
        }
        return table.text
    }

    private static func change(_ before: Quantity?, _ after: Quantity?) -> String {
        let (old, new) = (before.map { "\($0)" } ?? "none", after.map { "\($0)" } ?? "none")
        return old == new ? old : "\(old) -> \(new)"
    }
}
