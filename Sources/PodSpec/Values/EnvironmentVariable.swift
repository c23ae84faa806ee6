/// One variable of a container's environment.
public struct EnvironmentVariable: Equatable, Sendable {
    /// Printable ASCII without `=`.
    public var name: String
    /// As written: `$(VAR)` is expanded by `Expansion` when all variables before it are known. Empty where it comes from elsewhere.
    public var value: String
    /// Where the value comes from; nil for one that is written down.
    public var source: EnvironmentSource?

    public init(name: String, value: String, source: EnvironmentSource? = nil) {
        self.name = name
        self.value = value
        self.source = source
    }
}

/// Where the value of a variable comes from that is not written down.
public enum EnvironmentSource: Equatable, Sendable {
    /// What stands under a key of a ConfigMap or Secret.
    case key(ConfigKey)
    case field(PodField)
    case resource(ResourceField)
}

/// One key of a ConfigMap or Secret of the pod's namespace.
public struct ConfigKey: Equatable, Sendable {
    public var kind: ConfigDocument.Kind
    public var name: String
    public var key: String
    /// Whether a variable is left out where there is no such key, or no such document.
    public var isOptional: Bool

    public init(kind: ConfigDocument.Kind, name: String, key: String, isOptional: Bool = false) {
        self.kind = kind
        self.name = name
        self.key = key
        self.isOptional = isOptional
    }
}

/// All keys of a ConfigMap or Secret of the pod's namespace, each a variable.
public struct EnvironmentDocument: Equatable, Sendable {
    public var kind: ConfigDocument.Kind
    public var name: String
    /// What stands before each key; may be empty.
    public var prefix: String
    /// Whether there are none where there is no such document.
    public var isOptional: Bool

    public init(kind: ConfigDocument.Kind, name: String, prefix: String = "", isOptional: Bool = false) {
        self.kind = kind
        self.name = name
        self.prefix = prefix
        self.isOptional = isOptional
    }
}
