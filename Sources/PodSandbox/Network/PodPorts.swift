internal import PodNetwork
public import PodSpec

/// The ports of the host that a pod wants.
public enum PodPorts {
    /// Those of its containers, in the order of the manifest. In the host's network each port of a container is the host's, at every address: where its program
    /// listens is said by nobody else.
    static func hostPorts(of pod: Pod) throws(PodError) -> [HostPort] {
        var ports: [HostPort] = []
        for container in pod.spec.containers {
            for port in container.ports {
                do throws(NetworkError) {
                    if let found = try hostPort(pod.spec.hostNetwork ? inHostNetwork(port) : port) { ports.append(found) }
                } catch {
                    throw PodError(.invalid, "container '\(container.name)': \(error.message)", hint: error.hint)
                }
            }
        }
        guard ports.count <= HostPort.limit else {
            throw PodError(
                .invalid, "the pod wants \(ports.count) ports of the host, more than \(HostPort.limit)",
                hint: pod.spec.hostNetwork
                    ? "in the host's network each port of a container is one of the host"
                    : "leave out hostPort where the pod's address will do")
        }
        return ports
    }

    private static func inHostNetwork(_ port: ContainerPort) -> ContainerPort {
        var port = port
        (port.hostPort, port.hostIP) = (port.containerPort, nil)
        return port
    }

    private static func hostPort(_ port: ContainerPort) throws(NetworkError) -> HostPort? {
        guard let number = port.hostPort else { return nil }
        return try HostPort(
            protocolName: port.protocolName.rawValue, address: port.hostIP, port: Int(number), podPort: Int(port.containerPort))
    }

    /// One thing about a pod's ports that its network cannot do.
    public struct Obstacle: Hashable, Sendable {
        /// Where it stands in the manifest, as `spec.containers[0].ports[1].hostPort`.
        public let path: String
        public let message: String
        public let hint: String?
    }

    /// What stands against a pod's ports of the host in a network; nil where nothing does.
    public static func obstacle(to pod: Pod, in network: AdmittedNetwork) -> Obstacle? {
        // What the manifest itself says of the host's network was looked at when it was read.
        guard !pod.spec.hostNetwork else { return nil }
        var taken: [(port: ContainerPort, holder: String)] = []
        for (index, container) in pod.spec.containers.enumerated() {
            for (place, port) in container.ports.enumerated() {
                let path = "spec.containers[\(index)].ports[\(place)]."
                if let (field, message, hint) = complaint(about: port, in: network) {
                    return Obstacle(path: path + field, message: message, hint: hint)
                }
                guard network.mode == .host else { continue }
                let isSame = { (other: ContainerPort) in
                    other.containerPort == port.containerPort && other.protocolName == port.protocolName
                }
                if let (_, holder) = taken.first(where: { isSame($0.port) }) {
                    let name = "\(port.containerPort)/\(port.protocolName.rawValue)"
                    return Obstacle(
                        path: path + "containerPort",
                        message: "port \(name) of the host is given to the container '\(holder)' already", hint: nil)
                }
                taken.append((port, container.name))
            }
        }
        return nil
    }

    private static func complaint(
        about port: ContainerPort, in network: AdmittedNetwork
    ) -> (field: String, message: String, hint: String?)? {
        guard let number = port.hostPort else { return nil }
        if network.mode == .host {
            guard number != port.containerPort else { return nil }
            return ("hostPort", "in the host's network the port of the host is the container's, \(port.containerPort)", nil)
        }
        guard network.hasPorts else {
            return ("hostPort", "the network '\(network.mode.text)' has no ports of the host", network.hint)
        }
        do throws(NetworkError) { _ = try hostPort(port) } catch {
            return (port.hostIP == nil ? "hostPort" : "hostIP", error.message, error.hint)
        }
        return nil
    }
}
