import Glibc
import Journal
import LinuxKernel
import LinuxTypes
import Netlink
import PodNetwork
import PodRecords

/// A host that is a network namespace of this process's own, with its journal on a tmpfs of its own. Nothing of it reaches the machine's network, and it goes
/// with the process.
final class NetworkScene {
    let journal: Journal
    let configuration: NetworkConfiguration
    let home: NamespaceHandle

    /// What `hostState` says of a host without pods, and what it says of the tables of one with some.
    let untouched: String
    let tables: String

    /// Where the kernel has no NAT in nf_tables, the network is one without; where it has no tables for routed packets, on a host that is a router already, which
    /// needs none. Or the fact is missing.
    init(needsTranslation: Bool = false, needsGuard: Bool = false) throws {
        try mountScratchOnMnt()
        try unshare([.network])
        try bringLoopbackUp()
        home = try NamespaceHandle(path: "/proc/self/ns/net", kind: .network)
        let mnt = try FileDescriptor.workingDirectory.open("/mnt", [.readOnly, .directory])
        try mnt.descriptor.makeDirectory("journal", permissions: 0o700)
        journal = try Journal.open(path("/mnt/journal"))
        let translates = try Self.kernelTranslates()
        if needsTranslation, !translates { throw Missing(what: "the kernel has no NAT in nf_tables") }
        try Self.requireTables()
        let guards = try translates || Self.kernelHas(.inet)
        if needsGuard, !guards { throw Missing(what: "the kernel has no nf_tables for routed packets") }
        if !guards {
            for setting in ["ipv4/ip_forward", "ipv6/conf/all/forwarding"] { try ProcFS().write("1", to: "sys/net/" + setting) }
        }
        untouched = guards ? "links [], tables [], forwarding 0 0" : "links [], tables [], forwarding 1 1"
        tables = guards ? "[\"bridge hull0\", \"inet hull0\"]" : "[\"bridge hull0\"]"
        let standard = try NetworkConfiguration.standard()
        configuration = try NetworkConfiguration(
            bridge: standard.bridge, subnet4: standard.subnet4, subnet6: standard.subnet6, translatesAddresses: translates)
    }

    func network() throws -> PodNetwork { try PodNetwork(configuration, journal: journal, runRoot: path("/mnt")) }

    /// Another configuration on the same journal.
    func network(subnet4: String, bridge: String = "hull0") throws -> PodNetwork {
        guard let bridge = InterfaceName(bridge), let subnet = IPSubnet(subnet4) else {
            throw Broken(description: "no configuration")
        }
        let other = try NetworkConfiguration(
            bridge: bridge, subnet4: subnet, subnet6: configuration.subnet6,
            translatesAddresses: configuration.translatesAddresses)
        return try PodNetwork(other, journal: journal, runRoot: path("/mnt"))
    }

    static func kernelTranslates() throws -> Bool {
        let table = FilterTable(.inet, "probe")
        var socket = try NetlinkSocket(.netfilter)
        do throws(NetlinkError) {
            try socket.transact([
                table.add(), table.addChain("a", FilterTable.Hook(.nat, .postrouting, priority: 100)),
                table.addRule("a", [.masquerade]), table.addRule("a", [.destinationKind]), table.delete(),
            ])
            return true
        } catch {
            if error.errno == .ENOENT || error.errno == .ENOTSUP { return false }
            throw error
        }
    }

    private static func requireTables() throws {
        if try !kernelHas(.bridge) { throw Missing(what: "the kernel has no nf_tables for bridges") }
    }

    private static func kernelHas(_ family: FilterTable.Family) throws -> Bool {
        let table = FilterTable(family, "probe")
        var socket = try NetlinkSocket(.netfilter)
        do throws(NetlinkError) {
            try socket.transact([
                table.add(), table.addChain("a", FilterTable.Hook(.filter, .prerouting, priority: -200)), table.delete(),
            ])
            return true
        } catch {
            if [.ENOENT, .ENOTSUP, .EAFNOSUPPORT, .EPROTONOSUPPORT].contains(error.errno) { return false }
            throw error
        }
    }

    /// A fresh network namespace, without a process in it.
    func namespace() throws -> NamespaceHandle {
        try unshare([.network])
        let made = try NamespaceHandle(path: "/proc/self/ns/net", kind: .network)
        try home.descriptor.enterNamespace(.network)
        return made
    }

    /// A machine beside the host: `wan` here with 192.0.2.1, `eth0` there with 192.0.2.2, and their IPv6 counterparts.
    func outside(_ name: String = "wan", v4: String = "192.0.2.", v6: String = "2001:db8::") throws -> NamespaceHandle {
        let other = try namespace()
        guard let near = InterfaceName(name), let eth0 = InterfaceName("eth0") else { throw Broken(description: "names") }
        var here = try NetlinkSocket(.route)
        try here.perform([
            LinkMessage.addVeth(
                LinkMessage.Port(near, nil), master: 0, mtu: 1500, peer: LinkMessage.Port(eth0, nil), in: other.descriptor),
            LinkMessage.set(near, up: true),
        ])
        var there = try NetlinkSocket(.route, in: other.descriptor)
        try there.perform([LinkMessage.set(eth0, up: true)])
        try Self.address(&here, near, v4 + "1", v6 + "1")
        try Self.address(&there, eth0, v4 + "2", v6 + "2")
        return other
    }

    private static func address(_ socket: inout NetlinkSocket, _ name: InterfaceName, _ v4: String, _ v6: String) throws {
        let link = try socket.link(name)
        guard let link, let first = IPAddress(v4), let second = IPAddress(v6) else { throw Broken(description: "no \(name)") }
        try socket.perform([
            AddressMessage.add(first, prefixLength: 24, to: link.index),
            AddressMessage.add(second, prefixLength: 64, to: link.index),
        ])
    }
}

func path(_ text: String) throws -> HostPath {
    guard let path = HostPath(text) else { throw Broken(description: "no path") }
    return path
}

func sandbox(_ text: String) throws -> PodUID {
    guard let uid = PodUID(text) else { throw Broken(description: "no uid: '\(text)'") }
    return uid
}

func ip(_ text: String) throws -> IPAddress {
    guard let address = IPAddress(text) else { throw Broken(description: "no address: '\(text)'") }
    return address
}

/// The error that a body must throw.
func networkError(_ what: String, line: Int = #line, _ body: () throws -> Void) throws -> NetworkError {
    do { try body() } catch let error as NetworkError { return error }
    throw Broken(description: "line \(line): \(what) did not fail")
}

/// What the kernel has of any network: links but `lo`, tables, forwarding.
func hostState() throws -> String {
    var route = try NetlinkSocket(.route)
    var netfilter = try NetlinkSocket(.netfilter)
    let links = try route.links().map(\.name).filter { $0 != "lo" && $0 != "wan" }.sorted()
    let tables = try netfilter.tables().map(\.description).sorted()
    let v4 = try readText("/proc/sys/net/ipv4/ip_forward").prefix(1)
    let v6 = try readText("/proc/sys/net/ipv6/conf/all/forwarding").prefix(1)
    return "links \(links), tables \(tables), forwarding \(v4) \(v6)"
}

/// Runs a program with a shell in a network namespace. Throws with what it said.
func run(_ command: String, in namespace: FileDescriptor) throws {
    let shell = Subprocess(
        path: "/bin/sh", arguments: ["sh", "-c", command],
        environment: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], timeoutMilliseconds: 20_000)
    let outcome = try inNetworkNamespace(namespace) { () throws(KernelError) in try shell.run() }
    try expect(outcome.status == .exited(code: 0), "\(command): \(outcome.output)")
}

/// Throws `Missing` where a program is not there.
func require(_ program: String, in namespace: FileDescriptor) throws {
    do { try run("command -v \(program)", in: namespace) } catch { throw Missing(what: "\(program) is not installed") }
}
