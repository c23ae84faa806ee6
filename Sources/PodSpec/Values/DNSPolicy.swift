/// Where `/etc/resolv.conf` comes from; without cluster DNS the first two are as `Default`.
public enum DNSPolicy: String, FieldChoice {
    case clusterFirst = "ClusterFirst"
    case clusterFirstWithHostNet = "ClusterFirstWithHostNet"
    /// The host's.
    case host = "Default"
    /// Only `dnsConfig`. Not named as in Kubernetes, since Swift's optionals have a `none` of their own.
    case configOnly = "None"

    public static let noun = "DNS policy"
}
