/// Who an object is: the fields of `meta.v1.ObjectMeta` that mean something on one machine.
public struct ObjectMeta: Equatable, Sendable {
    /// A DNS subdomain; empty until `Pod.identify` where only `generateName` was given.
    public var name: String
    /// The prefix of a name that is made when the pod is; nil where there is a name.
    public var generateName: String?
    /// A DNS label; `default` where the manifest has none.
    public var namespace: String
    /// Whatever the manifest says, or what `Pod.identify` was given; empty before.
    public var uid: String
    public var labels: [String: String]
    public var annotations: [String: String]

    public init(
        name: String, generateName: String? = nil, namespace: String = "default", uid: String = "",
        labels: [String: String] = [:],
        annotations: [String: String] = [:]
    ) {
        self.name = name
        self.generateName = generateName
        self.namespace = namespace
        self.uid = uid
        self.labels = labels
        self.annotations = annotations
    }
}
