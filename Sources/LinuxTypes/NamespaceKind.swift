/// The eight kinds of namespaces, `namespaces(7)`. Raw values are the clone flags.
public enum NamespaceKind: UInt64, CaseIterable, Hashable, Sendable {
    case time = 0x0000_0080
    case mount = 0x0002_0000
    case cgroup = 0x0200_0000
    case uts = 0x0400_0000
    case ipc = 0x0800_0000
    case user = 0x1000_0000
    case pid = 0x2000_0000
    case network = 0x4000_0000

    /// The `CLONE_NEW*` flag.
    public var cloneFlag: UInt64 { rawValue }

    /// The file below `/proc/PID/ns`.
    public var procName: String {
        switch self {
        case .mount: "mnt"
        case .network: "net"
        case .time: "time"
        case .cgroup: "cgroup"
        case .uts: "uts"
        case .ipc: "ipc"
        case .user: "user"
        case .pid: "pid"
        }
    }

    /// The name in an OCI configuration (runtime-spec, `linux.namespaces[].type`).
    public var specName: String {
        switch self {
        case .mount: "mount"
        case .network: "network"
        case .time: "time"
        case .cgroup: "cgroup"
        case .uts: "uts"
        case .ipc: "ipc"
        case .user: "user"
        case .pid: "pid"
        }
    }

    public init?(specName: String) {
        guard let kind = Self.allCases.first(where: { $0.specName == specName }) else { return nil }
        self = kind
    }
}
