import PodSpec
import Testing

/// Ports of containers, and those of the host that they ask for.
@Suite struct PortTests {
    @Test func `a port of the host is given once`() {
        let ports = "ports: [{containerPort: 53}, {containerPort: 53, protocol: UDP}, {containerPort: 53, hostPort: 53}]"
        #expect(problems(container: "ports: [{containerPort: 53}, {containerPort: 53}]").isEmpty)
        #expect(
            problems(spec: "hostNetwork: true", container: ports)
                == ["spec.containers[0]: port 53/TCP of the host is given to the container 'c' already"])
        #expect(
            problems(spec: "hostNetwork: true", container: "ports: [{containerPort: 53, hostPort: 54}]")
                == ["spec.containers[0].ports[0].hostPort: with 'hostNetwork' the port of the host is the container's, 53"])
    }

    @Test(arguments: [
        ("{containerPort: 1, hostPort: 80}", "{containerPort: 2, hostPort: 80}", true),
        ("{containerPort: 1, hostPort: 80, hostIP: 127.0.0.1}", "{containerPort: 2, hostPort: 80}", true),
        ("{containerPort: 1, hostPort: 80, hostIP: 0.0.0.0}", "{containerPort: 2, hostPort: 80, hostIP: 10.0.0.1}", true),
        ("{containerPort: 1, hostPort: 80, hostIP: 10.0.0.1}", "{containerPort: 2, hostPort: 80, hostIP: 10.0.0.1}", true),
        ("{containerPort: 1, hostPort: 80, hostIP: 127.0.0.1}", "{containerPort: 2, hostPort: 80, hostIP: 10.0.0.1}", false),
        ("{containerPort: 1, hostPort: 80}", "{containerPort: 2, hostPort: 80, protocol: UDP}", false),
        ("{containerPort: 1, hostPort: 80}", "{containerPort: 1, hostPort: 81}", false),
    ])
    func `ports of the host collide at one address or at every`(_ one: String, _ other: String, _ collides: Bool) {
        let found = problems(container: "ports: [\(one), \(other)]")
        let problem = "spec.containers[0]: port 80/TCP of the host is given to the container 'c' already"
        #expect(found == (collides ? [problem] : []))
    }

    @Test func `an init container has no port of the host, and an address without a port says nothing`() throws {
        let initial = "initContainers: [{name: i, image: i, ports: [{containerPort: 1, hostPort: 1}]}]"
        #expect(
            problems(spec: initial)
                == [
                    "spec.initContainers[0].ports[0].hostPort: an init container has no port of the host: give it to one that stays"
                ])
        let entries = try manifest(podText(container: "ports: [{containerPort: 1, hostIP: 10.0.0.1}]")).entries
        #expect(entries[0].notes.map(\.path) == ["spec.containers[0].ports[0].hostIP"])
        let port = try #require(entries[0].pod.spec.containers[0].ports.first)
        #expect(port == ContainerPort(containerPort: 1, hostIP: "10.0.0.1"))
        let host = try manifest(
            podText(spec: "hostNetwork: true", container: "ports: [{containerPort: 1, hostPort: 1, hostIP: 10.0.0.1}]"))
        #expect(host.entries[0].notes.map(\.path) == ["spec.containers[0].ports[0].hostIP"])
    }
}
