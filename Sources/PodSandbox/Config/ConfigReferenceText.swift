public import PodSpec

/// How a person names a ConfigMap or Secret: `configmap/NAME`, `secret/NAMESPACE/NAME`.
public struct ConfigReferenceText: Hashable, Sendable, CustomStringConvertible {
    public let kind: ConfigDocument.Kind
    public let namespace: String
    public let name: String

    /// `namespace` is that of a name without one. nil for what is neither.
    public init?(_ text: String, namespace: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        switch parts[0].lowercased() {
        case "configmap", "configmaps", "cm": kind = .configMap
        case "secret", "secrets": kind = .secret
        default: return nil
        }
        self.namespace = parts.count == 3 ? parts[1] : namespace
        name = parts[parts.count - 1]
    }

    public var description: String { "\(kind.word)/\(namespace)/\(name)" }
}
