internal import PodSpec

/// What a pod is called in its own network.
struct SandboxNames {
    /// What `uname` says.
    let hostname: String
    /// With the domain, for `/etc/hosts`; nil where the pod has none.
    let qualified: String?
    /// The short one.
    let short: String

    /// Bytes of a host name at most: `sethostname(2)`.
    static let limit = 64

    init(_ pod: Pod, clusterDomain: String = "cluster.local") {
        short = pod.hostname
        qualified = pod.spec.subdomain.map { "\(pod.hostname).\($0).\(pod.metadata.namespace).svc.\(clusterDomain)" }
        hostname = pod.spec.setHostnameAsFQDN ? qualified ?? short : short
    }
}
