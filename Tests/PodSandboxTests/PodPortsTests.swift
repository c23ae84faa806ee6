import PodSpec
import Testing

@testable import PodSandbox

/// Ports of the host in networks that have them and in those that have none.
@Suite struct PodPortsTests {
    private func obstacle(_ port: String, in mode: NetworkMode, spec: String = "", configuration: String = "{}") throws -> String?
    {
        let text = """
            apiVersion: v1
            kind: Pod
            metadata: {name: p}
            spec:
              \(spec)
              containers:
              - {name: a, image: i, ports: [{containerPort: 1}]}
              - {name: b, image: i, ports: [{containerPort: 2}, \(port)]}
            """
        let pod = try Manifest.read(Array(text.utf8), name: "p.yaml").pods[0]
        let network = try MachineConfiguration(json: Array(configuration.utf8)).admit(mode)
        return PodPorts.obstacle(to: pod, in: network).map { "\($0.path): \($0.message)" + ($0.hint.map { " (\($0))" } ?? "") }
    }

    private static let path = "spec.containers[1].ports[1]."

    @Test func `a network without ports of the host is told with the one that has them`() throws {
        #expect(
            try obstacle("{containerPort: 80, hostPort: 80}", in: .none)
                == Self.path + "hostPort: the network 'none' has no ports of the host ('--network bridge' has them)")
        let routed = "{\"bridgeNetwork\": {\"masquerade\": false}}"
        #expect(
            try obstacle("{containerPort: 80, hostPort: 80}", in: .bridge, configuration: routed)
                == Self.path
                + "hostPort: the network 'bridge' has no ports of the host (its configuration turns 'masquerade' off)")
        #expect(try obstacle("{containerPort: 80}", in: .none) == nil)
        #expect(try obstacle("{containerPort: 80, hostIP: 10.0.0.1}", in: .none) == nil)
    }

    @Test func `in the host's network the port is the container's`() throws {
        #expect(try obstacle("{containerPort: 80, hostPort: 80}", in: .host) == nil)
        #expect(
            try obstacle("{containerPort: 80, hostPort: 81}", in: .host)
                == Self.path + "hostPort: in the host's network the port of the host is the container's, 80")
        #expect(try obstacle("{containerPort: 80, hostPort: 80}", in: .none, spec: "hostNetwork: true") == nil)
    }

    @Test func `in the host's network a port is one container's`() throws {
        #expect(
            try obstacle("{containerPort: 1}", in: .host)
                == "spec.containers[1].ports[1].containerPort: port 1/TCP of the host is given to the container 'a' already")
        #expect(try obstacle("{containerPort: 1, protocol: UDP}", in: .host) == nil)
        #expect(try obstacle("{containerPort: 1}", in: .none) == nil)
    }

    @Test func `in the host's network each port of a container is the host's, at every address`() throws {
        let text = """
            apiVersion: v1
            kind: Pod
            metadata: {name: p}
            spec:
              containers: [{name: a, image: i, ports: [{containerPort: 80}, {containerPort: 53, hostPort: 53, hostIP: 10.0.0.1, protocol: UDP}]}]
            """
        var pod = try Manifest.read(Array(text.utf8), name: "p.yaml").pods[0]
        #expect(try PodPorts.hostPorts(of: pod).map { "\($0)" } == ["udp 10.0.0.1:53"])
        pod.useHostNetwork()
        #expect(try PodPorts.hostPorts(of: pod).map { "\($0)" } == ["tcp 80", "udp 53"])
    }

    @Test(arguments: ["127.0.0.1", "10.0.0.1", "0.0.0.0", "::", "2001:db8::1"])
    func `addresses of the bridge network's ports`(_ address: String) throws {
        #expect(try obstacle("{containerPort: 80, hostPort: 80, hostIP: '\(address)', protocol: SCTP}", in: .bridge) == nil)
    }

    @Test(arguments: ["::1", "fe80::1", "169.254.1.1", "224.0.0.1", "ff02::1"])
    func `addresses that lead nowhere`(_ address: String) throws {
        let found = try obstacle("{containerPort: 80, hostPort: 80, hostIP: '\(address)'}", in: .bridge)
        #expect(
            found?.hasPrefix(Self.path + "hostIP: the host port 80 cannot be reached at \(address)") == true, "\(found ?? "-")")
    }
}
