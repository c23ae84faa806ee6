/// A parameter of the kernel in the pod's own namespaces.
public struct Sysctl: Equatable, Sendable {
    /// With dots between its parts.
    public var name: String
    public var value: String

    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    /// One that cannot disturb other pods: what Kubernetes allows without being asked (`lifecycle.md`, volumes and policy).
    public var isSafe: Bool { Self.safe.contains(name) }

    /// Whether a pod has one of its own: in its network or IPC namespace. All others are the machine's.
    public var isOfNamespace: Bool {
        name.hasPrefix("net.") || name.hasPrefix("kernel.shm") || name.hasPrefix("kernel.msg") || name == "kernel.sem"
            || name.hasPrefix("fs.mqueue.")
    }

    private static let safe: Set<String> = [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range",
        "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_wmem",
    ]
}
