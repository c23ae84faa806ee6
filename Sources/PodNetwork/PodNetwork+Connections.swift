import Netlink

/// The kernel asks no rule about a connection that it follows already: what it remembers from before a pod came, or went, is forgotten.
extension PodNetwork {
    /// Those that lead to a pod that goes.
    func forgetConnections(_ record: PodRecord, _ configuration: NetworkConfiguration) throws(NetworkError) {
        step("forget the pod's connections")
        if try followsNothing() { return }
        for address in record.addresses(configuration) {
            _ = try during("cannot forget the connections of pod '\(record.name)'") { () throws(NetlinkError) in
                try netfilter.forgetConnections(of: address, as: .replySource)
            }
        }
    }

    /// Those to host ports that began before the ports led to their pods, and lead elsewhere: who sends all the time by one port would never reach the pod. Order: after the
    /// rules, or the next packet begins such a connection anew.
    ///
    /// Not of TCP, whose connections begin with a packet of their own: those to a program of the host go on.
    func forgetEarlierConnections(of records: [PodRecord], _ configuration: NetworkConfiguration) throws(NetworkError) {
        let ports = records.flatMap(\.ports).filter { $0.transport != .tcp }
        if ports.isEmpty { return }
        if try followsNothing() { return }
        step("forget earlier connections to host ports")
        let own = try OwnAddresses(&route)
        let pods = Set(records.flatMap { $0.addresses(configuration) })
        for transport in Set(ports.map(\.transport)) {
            for family in Set(configuration.subnets.map(\.family)) {
                var wanted: [UInt16: [HostPort]] = [:]
                for port in ports where port.transport == transport && port.address.map({ $0.family == family }) ?? true {
                    wanted[port.port, default: []].append(port)
                }
                if wanted.isEmpty { continue }
                _ = try during("cannot forget earlier connections to host ports") { () throws(NetlinkError) in
                    try netfilter.forgetConnections(family, of: transport.number) { connection in
                        // What only passes through the host is another's, as is what leads to a pod already.
                        guard let ports = wanted[connection.port], own.contains(connection.destination),
                            !pods.contains(connection.answerer)
                        else { return false }
                        return ports.contains { $0.address == nil || $0.address == connection.destination }
                    }
                }
            }
        }
    }

    /// Where the host follows no connection at all, there is nothing to look through: the kernel needs milliseconds for each look.
    private func followsNothing() throws(NetworkError) -> Bool {
        try NetworkSettings().value("netfilter/nf_conntrack_count") == "0"
    }
}
