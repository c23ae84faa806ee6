// What a pod's network costs, beside the bridge and portmap plugins of CNI on the same machine: `network-bench [PODS [hull]]`, as root; with `hull` without the plugins. Works in network and mount
// namespaces of its own; the machine's network is never touched.

import Glibc
import Journal
import LinuxKernel
import LinuxTypes
import Netlink
import PodNetwork
import PodRecords

@main
enum Program {
    static func main() {
        do {
            let count = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 100 : 100
            try Bench(count: max(count, 2)).run()
        } catch {
            print("network-bench: \(error)")
            exit(1)
        }
    }
}

/// A run over so many pods.
final class Bench {
    private let count: Int
    private let home: NamespaceHandle
    private let journal: Journal
    private var namespaces: [FileDescriptor] = []

    init(count: Int) throws {
        self.count = count
        try setResourceLimit(.nofile, soft: 8192, hard: 8192)
        try unshare([.mount, .network])
        let root = try FileDescriptor.workingDirectory.open("/", [.pathOnly, .directory])
        try root.descriptor.setMountAttributes(set: [], propagation: .isPrivate, recursive: true, subject: "/")
        let context = try FileSystemContext("tmpfs")
        try context.set("source", to: "network-bench")
        let place = try FileDescriptor.workingDirectory.open("/mnt", [.pathOnly, .directory])
        try context.mount(attributes: []).attach(to: place.descriptor, subject: "/mnt")
        try bringLoopbackUp()
        home = try NamespaceHandle(path: "/proc/self/ns/net", kind: .network)
        journal = try Journal.open(Self.path("/mnt/journal"))
    }

    static func path(_ text: String) throws -> HostPath {
        guard let path = HostPath(text) else { throw KernelError(call: "", errno: .EINVAL, subject: text) }
        return path
    }

    func run() throws {
        for _ in 0..<(count + 1) { namespaces.append(try namespace()) }
        print("pods: \(count), each with one host port; medians in ms, 10th and 90th percentile in brackets")
        try ours()
        try throughput()
        if CommandLine.arguments.last != "hull" { try plugins() }
    }

    private func namespace() throws -> FileDescriptor {
        try unshare([.network])
        let made = try NamespaceHandle(path: "/proc/self/ns/net", kind: .network)
        try home.descriptor.enterNamespace(.network)
        return made.release().release()
    }

    private func handle(_ index: Int) throws -> NamespaceHandle {
        try NamespaceHandle(path: "/proc/self/fd/\(namespaces[index].number)", kind: .network)
    }

    private func uid(_ index: Int) throws -> PodUID {
        guard let uid = PodUID("pod-\(index)") else { throw KernelError(call: "", errno: .EINVAL, subject: "uid") }
        return uid
    }

    private func ours() throws {
        let network = try PodNetwork(try NetworkConfiguration.standard(), journal: journal, runRoot: Self.path("/mnt"))
        var steps: [(String, Int64)] = []
        if environmentValue("HULL_STEPS") != nil { network.willTakeStep = { steps.append(($0, monotonicMicroseconds())) } }
        var setUps: [Int64] = []
        var removals: [Int64] = []
        for index in 0...count {
            let handle = try handle(index)
            let ports = [try HostPort(.tcp, port: 20_000 + index, podPort: 80)]
            let start = monotonicMicroseconds()
            _ = try network.setUp(uid(index), name: "pod", namespace: handle, ports: ports)
            setUps.append(monotonicMicroseconds() - start)
        }
        show(steps, "set-up")
        steps = []
        var retirements: [Int64] = []
        for index in (0...count).reversed() {
            var start = monotonicMicroseconds()
            try network.retire(uid(index))
            retirements.append(monotonicMicroseconds() - start)
            start = monotonicMicroseconds()
            try network.tearDown(uid(index))
            removals.append(monotonicMicroseconds() - start)
        }
        show(Array(steps.dropLast(12)), "removal")
        print(
            "hull     set-up \(Self.summary(setUps.dropFirst()))  removal \(Self.summary(retirements)), then, with nobody waiting, \(Self.summary(removals.dropLast()))"
        )
        print("         the last tenth of set-ups \(Self.summary(setUps.suffix(max(count / 10, 1))))")
        print(
            "         first pod, with the network \(Self.milliseconds(setUps[0]))  last pod, with the network \(Self.milliseconds(removals[count]))"
        )
        let left = try network.check()
        if !left.isEmpty { print("left behind: \(left)") }
    }

    private func throughput() throws {
        guard executionObstacle("/usr/bin/iperf3") == nil else { return print("pod to pod: iperf3 is not installed") }
        let network = try PodNetwork(try NetworkConfiguration.standard(), journal: journal, runRoot: Self.path("/mnt"))
        var fresh: [FileDescriptor] = []
        for _ in 0..<4 { fresh.append(try namespace()) }
        try Throughput(network: network, namespaces: fresh).run()
    }

    /// How long the last pod's steps took, where it is asked for.
    private func show(_ steps: [(String, Int64)], _ what: String) {
        for (step, next) in zip(steps, steps.dropFirst()).suffix(8) { print("  \(what): \(next.1 - step.1) µs \(step.0)") }
    }

    private func plugins() throws {
        guard executionObstacle("/usr/lib/cni/bridge") == nil, executionObstacle("/usr/sbin/iptables") == nil else {
            print("plugins  not installed (containernetworking-plugins, iptables)")
            return
        }
        let json =
            #"{"cniVersion":"1.0.0","name":"bench","plugins":[{"type":"bridge","bridge":"cni0","isGateway":true,"ipMasq":true,"hairpinMode":true,"#
            + #""ipam":{"type":"host-local","dataDir":"/mnt/ipam","ranges":[[{"subnet":"10.88.0.0/16"}],[{"subnet":"fd00:88::/64"}]],"#
            + #""routes":[{"dst":"0.0.0.0/0"},{"dst":"::/0"}]}},{"type":"portmap","snat":true,"capabilities":{"portMappings":true}}]}"#
        let list = try CNINetworkList(Array(json.utf8))
        let place = PluginPlace(
            directories: [try Self.path("/usr/lib/cni")], environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"])
        let network = CNINetwork(place, journal: journal, runRoot: try Self.path("/mnt"))
        guard let eth0 = InterfaceName("eth0") else { return }
        var setUps: [Int64] = []
        var removals: [Int64] = []
        for index in 0...count {
            // Fresh ones: eth0 of the first run may still be on its way out.
            let own = try namespace()
            namespaces[index].close()
            namespaces[index] = own
            var capabilities = CNICapabilities()
            capabilities.portMappings = [try HostPort(.tcp, port: 20_000 + index, podPort: 80)]
            let attachment = CNIAttachment(
                sandbox: try uid(index), namespace: try Self.path("/proc/\(currentPID())/fd/\(own.number)"), interface: eth0)
            let start = monotonicMicroseconds()
            _ = try network.add(attachment, to: list, capabilities)
            setUps.append(monotonicMicroseconds() - start)
        }
        for index in 0...count {
            let start = monotonicMicroseconds()
            try network.delete(uid(index))
            removals.append(monotonicMicroseconds() - start)
        }
        print("plugins  set-up \(Self.summary(setUps.dropFirst()))  removal \(Self.summary(removals.dropLast()))")
    }

    private static func summary(_ times: some Collection<Int64>) -> String {
        let sorted = times.sorted()
        return
            "\(milliseconds(sorted[sorted.count / 2])) (\(milliseconds(sorted[sorted.count / 10]))…\(milliseconds(sorted[sorted.count * 9 / 10])))"
    }

    private static func milliseconds(_ time: Int64) -> String {
        "\(time / 1000).\(String(repeating: "0", count: 2 - min(2, String(time % 1000 / 10).count)))\(time % 1000 / 10)"
    }
}
