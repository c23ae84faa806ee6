internal import PodNetwork
public import PodSpec

/// The ports of the host that a pod wants.
public enum PodPorts {
    /// Those of its containers, in the order of the manifest; none in the host's network, where programs listen on the host's ports themselves.
    static func hostPorts(of pod: Pod) throws(PodError) -> [HostPort] {
        guard !pod.spec.hostNetwork else { return [] }
        var ports: [HostPort] = []
        for container in pod.spec.containers {
            for port in container.ports {
                do throws(NetworkError) { if let found = try hostPort(port) { ports.append(found) } } catch {
                    throw PodError(.invalid, "container '\(container.name)': \(error.message)", hint: error.hint)
                }
            }
        }
        guard ports.count <= HostPort.limit else {
            throw PodError(
                .invalid, "the pod wants \(ports.count) ports of the host, more than \(HostPort.limit)",
                hint: "leave out hostPort where the pod's address will do")
        }
        return ports
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
        guard !pod.spec.hostNetwork else { return nil }
        for (index, container) in pod.spec.containers.enumerated() {
            for (place, port) in container.ports.enumerated() {
                guard let (field, message, hint) = complaint(about: port, in: network) else { continue }
                return Obstacle(path: "spec.containers[\(index)].ports[\(place)].\(field)", message: message, hint: hint)
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
