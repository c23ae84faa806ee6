/// Something of the pod itself that its containers may be told (`defaults.md`, section 4).
public enum PodField: Hashable, Sendable {
    case name
    case namespace
    case uid
    /// One label, or annotation; empty where the pod has none of the key.
    case label(String)
    case annotation(String)
    /// All of them, one line each; for files only.
    case labels
    case annotations
    /// For variables only, these and those below.
    case nodeName
    case serviceAccountName
    case hostIP
    case hostIPs
    case podIP
    case podIPs

    /// By its path, as `metadata.labels['app']`; nil for one that there is not.
    public init?(path: String) {
        if let field = Self.whole[path] {
            self = field
        } else if let key = Self.subscripted(path, "metadata.labels"), Syntax.labelKey.accepts(key) {
            self = .label(key)
        } else if let key = Self.subscripted(path, "metadata.annotations"), Syntax.labelKey.accepts(key.lowercased()) {
            self = .annotation(key)
        } else {
            return nil
        }
    }

    /// Whether a variable can have it.
    public var isForVariables: Bool { self != .labels && self != .annotations }

    /// Whether a file can have it.
    public var isForFiles: Bool {
        switch self {
        case .name, .namespace, .uid, .label, .annotation, .labels, .annotations: true
        case .nodeName, .serviceAccountName, .hostIP, .hostIPs, .podIP, .podIPs: false
        }
    }

    /// The paths that there are, for hints.
    static var paths: [String] { whole.keys.sorted() }

    private static let whole: [String: PodField] = [
        "metadata.name": .name, "metadata.namespace": .namespace, "metadata.uid": .uid, "metadata.labels": .labels,
        "metadata.annotations": .annotations, "spec.nodeName": .nodeName, "spec.serviceAccountName": .serviceAccountName,
        "status.hostIP": .hostIP, "status.hostIPs": .hostIPs, "status.podIP": .podIP, "status.podIPs": .podIPs,
    ]

    /// The key in `map['key']`.
    private static func subscripted(_ path: String, _ map: String) -> String? {
        let (opener, closer) = (map + "['", "']")
        guard path.hasPrefix(opener), path.hasSuffix(closer), path.utf8.count >= opener.utf8.count + closer.utf8.count else {
            return nil
        }
        return String(path.dropFirst(opener.count).dropLast(closer.count))
    }
}

/// An amount that a container is promised, or may use at most, as a number.
public struct ResourceField: Equatable, Sendable {
    /// The container whose it is; nil for the one that is told.
    public var container: String?
    public var bound: Bound
    public var resource: Resource
    /// What counts as one; the result is rounded up.
    public var divisor: Quantity

    public init(container: String? = nil, bound: Bound, resource: Resource, divisor: Quantity) {
        self.container = container
        self.bound = bound
        self.resource = resource
        self.divisor = divisor
    }

    public enum Bound: String, CaseIterable, Sendable {
        case limits, requests
    }

    public enum Resource: String, CaseIterable, Sendable {
        case cpu, memory
        case storage = "ephemeral-storage"
    }

    /// The amount in units of the divisor.
    public func text(of amount: Quantity) -> String {
        // Cores count in thousandths, of which both are multiples then.
        let (whole, unit) = resource == .cpu ? (amount.milliValue, divisor.milliValue) : (amount.value, divisor.value)
        return unit > 0 ? "\(Quantity.divide(whole, by: unit))" : "0"
    }
}
