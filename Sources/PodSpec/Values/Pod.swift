/// A pod as its manifest asks for it: identity and wishes, without state.
///
/// It only comes from a document (`Manifest.read`, or its own `json` read back), with Kubernetes' defaults filled in: `defaults.md`, section 1.
public struct Pod: Equatable, Sendable {
    public internal(set) var metadata: ObjectMeta
    public internal(set) var spec: Spec
    /// The document as it was written, as canonical JSON: what is inert here is kept for whoever looks.
    let document: CanonicalJSON

    /// Also by what is inert: pods are equal whose documents mean the same, whoever filled in what.
    public static func == (left: Pod, right: Pod) -> Bool {
        left.metadata == right.metadata && left.spec == right.spec && left.json == right.json
    }
}

extension Pod {
    /// The fields of `core.v1.PodSpec` that are enforced.
    public struct Spec: Equatable, Sendable {
        public var restartPolicy: RestartPolicy = .always
        /// From the stop signal to SIGKILL; at least 0.
        public var terminationGracePeriodSeconds: Int64 = 30
        public var hostNetwork = false
        public var hostPID = false
        public var hostIPC = false
        public var shareProcessNamespace = false
        /// Whether its users are the machine's. Otherwise it has a user namespace, in which root is nobody of the machine.
        public var hostUsers = true
        /// nil means the pod's name, cut to 63 bytes: see `Pod.hostname`.
        public var hostname: String?
        public var subdomain: String?
        public var setHostnameAsFQDN = false
        public var hostAliases: [HostAlias] = []
        public var dnsPolicy: DNSPolicy = .clusterFirst
        public var dnsConfig: DNSConfig?
        /// Only told to containers: there are no service accounts.
        public var serviceAccountName = "default"
        public var securityContext = PodSecurityContext()
        /// Run one after the other, each to its end, before the others start.
        public var initContainers: [Container] = []
        /// At least one.
        public var containers: [Container]
        public var volumes: [Volume] = []
        /// Of the whole pod; nil where only its containers say something.
        public var resources: ResourceRequirements?
        /// The host name inside, whatever else is said.
        public var hostnameOverride: String?
        public var tuning = Tuning()

        public init(containers: [Container]) { self.containers = containers }

        /// Those that initialize, then the others.
        public var allContainers: [Container] { initContainers + containers }
    }
}

/// When a container that ended is started again.
public enum RestartPolicy: String, FieldChoice {
    case always = "Always"
    case onFailure = "OnFailure"
    case never = "Never"

    public static let noun = "restart policy"
}
