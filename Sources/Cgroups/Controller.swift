/// A resource controller by the kernel's name, as `/proc/self/cgroup` and `cgroup.controllers` list it; also a v1 hierarchy's name, as
/// `name=systemd`.
public struct Controller: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public var description: String { rawValue }

    /// cgroup v1 only: what `io` is in v2.
    public static let blkio = Controller(rawValue: "blkio")
    public static let cpu = Controller(rawValue: "cpu")
    public static let cpuset = Controller(rawValue: "cpuset")
    /// cgroup v1 only; v2 has a BPF program in its place.
    public static let devices = Controller(rawValue: "devices")
    /// cgroup v1 only; v2 freezes without a controller.
    public static let freezer = Controller(rawValue: "freezer")
    public static let hugetlb = Controller(rawValue: "hugetlb")
    /// cgroup v2 only.
    public static let io = Controller(rawValue: "io")
    public static let memory = Controller(rawValue: "memory")
    /// cgroup v1 only.
    public static let netCls = Controller(rawValue: "net_cls")
    /// cgroup v1 only.
    public static let netPrio = Controller(rawValue: "net_prio")
    public static let rdma = Controller(rawValue: "rdma")
    public static let pids = Controller(rawValue: "pids")

    /// A v1 hierarchy without controllers, which has only a name.
    var isName: Bool { rawValue.hasPrefix("name=") }
}
