public import LinuxKernel
public import Netlink

/// The addresses by which the machine is known.
public enum HostAddresses {
    /// One of each family, IPv4 first: of the interface to which the default route leads, or else of any. Neither loopback nor link-local ones, so perhaps none.
    /// `namespace` is the network namespace that counts; nil is the caller's.
    public static func primary(in namespace: FileDescriptor? = nil) throws(NetworkError) -> [IPAddress] {
        try during("cannot look at the host's addresses") { () throws(NetlinkError) in
            var route = try NetlinkSocket(.route, in: namespace)
            let all = try route.addresses().filter { !$0.address.isLoopback && !$0.address.isLinkLocal }
            var found: [IPAddress] = []
            for family in [IPAddress.Family.v4, .v6] {
                let own = all.filter { $0.address.family == family }
                // The kernel lists those first that it prefers.
                let routes = try route.routes(family) { $0.destination.prefixLength == 0 && $0.table == Route.mainTable }
                let outside = routes.lazy.compactMap { route in own.first { $0.index == route.index } }.first
                if let address = (outside ?? own.first)?.address { found.append(address) }
            }
            return found
        }
    }
}
