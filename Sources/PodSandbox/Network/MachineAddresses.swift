public import LinuxKernel
internal import Netlink
internal import PodNetwork

/// The addresses by which the machine is known: `hostIPs` of its pods, and `podIPs` of those in its network.
public enum MachineAddresses {
    /// As text, IPv4 first. `namespace` is the machine's network namespace; nil is the caller's.
    public static func primary(in namespace: FileDescriptor? = nil) throws(PodError) -> [String] {
        do throws(NetworkError) { return try HostAddresses.primary(in: namespace).map(\.description) } catch {
            throw PodError(error)
        }
    }
}
