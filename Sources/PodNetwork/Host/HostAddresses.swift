public import LinuxKernel
import LinuxTypes
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

/// The addresses at which the host itself answers.
struct OwnAddresses: Hashable, Sendable {
    private let all: Set<IPAddress>

    init(_ route: inout NetlinkSocket) throws(NetworkError) {
        all = Set(
            try during("cannot look at the host's addresses") { () throws(NetlinkError) in try route.addresses().map(\.address) })
    }

    func contains(_ address: IPAddress) -> Bool { address.isLoopback || all.contains(address) }

    /// Refuses ports at addresses that the host has not, as `bind` would: by the kernel's own setting it may be told to take them all the same.
    func check(_ ports: [HostPort], of name: String) throws(NetworkError) {
        for port in ports {
            guard let address = port.address, !contains(address) else { continue }
            let family = address.family == .v4 ? "ipv4" : "ipv6"
            if try NetworkSettings().isOn("\(family)/ip_nonlocal_bind") == true { continue }
            let known = all.filter { $0.family == address.family && !$0.isLinkLocal }.map(\.description).sorted()
            throw NetworkError(
                .refused, "the host port '\(port)' that pod '\(name)' wants is at an address that this machine does not have",
                hint: "without hostIP it is at every address" + (known.isEmpty ? "" : "; there are: \(known.joined(by: ", "))"))
        }
    }
}
