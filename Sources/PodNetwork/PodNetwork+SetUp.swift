import Journal
public import LinuxKernel
import LinuxTypes
import Netlink
public import PodRecords

extension PodNetwork {
    /// Gives a pod its network: `eth0` and `lo` in its network namespace, addresses that are usable when this returns, and its host ports.
    ///
    /// `name` is the pod's, for messages about its ports. Asked again for the same namespace and ports, it answers what is there; whatever an earlier attempt
    /// for the pod has left is removed first. What fails is undone. Throws `refused` with the holder's name for a host port that another pod has, and
    /// where the network cannot be (`NetworkConfiguration`, a subnet in use, a foreign table that drops what the host forwards).
    public func setUp(
        _ sandbox: PodUID, name: String, namespace: borrowing NamespaceHandle, ports: [HostPort] = []
    ) throws(NetworkError) -> PodAddresses {
        let descriptor = namespace.descriptor
        let identity = try during("cannot look at the network namespace of pod '\(name)'") { () throws(KernelError) in
            try descriptor.namespaceIdentity()
        }
        try check(ports, of: name)
        return try locked { () throws(NetworkError) in
            if let record = try podRecord(sandbox) {
                if record.state == .ready, record.namespace == identity, record.ports == ports,
                    try link(record.port(configuration)) != nil
                {
                    return try result(record, configuration)
                }
                try remove(record)
            }
            do throws(NetworkError) { return try setUp(sandbox, name, descriptor, identity, ports) } catch {
                throw undoing(error) { () throws(NetworkError) in try lowerIfLast() }
            }
        }
    }

    private func check(_ ports: [HostPort], of name: String) throws(NetworkError) {
        try HostPort.check(ports, of: name)
        guard ports.isEmpty || configuration.translatesAddresses else {
            throw NetworkError(.refused, "pod '\(name)' wants host ports, which a network without masquerade does not have")
        }
        if configuration.subnet6 == nil, let port = ports.first(where: { $0.address?.family == .v6 }) {
            throw NetworkError(.refused, "pod '\(name)' wants the host port '\(port)', but pods have no IPv6 addresses")
        }
    }

    private func setUp(
        _ sandbox: PodUID, _ name: String, _ namespace: FileDescriptor, _ identity: NamespaceIdentity, _ ports: [HostPort]
    ) throws(NetworkError) -> PodAddresses {
        let raised = try raise()
        // Order: with the bridge there are its addresses.
        if ports.contains(where: { $0.address != nil }) { try OwnAddresses(&route).check(ports, of: name) }
        var record = try claim(sandbox, name, identity, ports)
        do throws(NetworkError) {
            try connect(record, to: namespace, raised)
            record.state = .ready
            try write(record)
        } catch {
            throw undoing(error) { () throws(NetworkError) in try remove(record) }
        }
        return try result(record, configuration)
    }

    /// The pod's rules, its cable, its side of it.
    private func connect(_ record: PodRecord, to namespace: FileDescriptor, _ raised: Raised) throws(NetworkError) {
        let ruleset = Ruleset(configuration: configuration, before: raised.record.before)
        let elements = try ruleset.elements(of: record).map { $0.set.add($0.elements) }
        step("add the pod's rules")
        try during("cannot add the rules of pod '\(record.name)'") { () throws(NetlinkError) in try netfilter.transact(elements) }
        try forgetEarlierConnections(of: [record], configuration)
        let port = try record.port(configuration)
        guard let interface = InterfaceName(Self.interface) else { throw NetworkError(.failed, "no interface name") }
        step("add the pod's link")
        let cable = LinkMessage.addVeth(
            LinkMessage.Port(port, nil), master: raised.bridge, mtu: configuration.mtu,
            peer: LinkMessage.Port(interface, record.hardwareAddress(configuration)), in: namespace)
        // Order: alone, so that another's link that has the name is not given our mark.
        try during("cannot connect pod '\(record.name)'") { () throws(NetlinkError) in try route.perform(cable) }
        var messages = [LinkMessage.set(port, alias: cableMark(record).text)]
        if configuration.subnet6 != nil { messages.append(LinkMessage.disableAddressGeneration(port)) }
        messages += [LinkMessage.setHairpin(port), LinkMessage.set(port, up: true)]
        try during("cannot connect pod '\(record.name)'") { () throws(NetlinkError) in try route.perform(messages) }
        step("set the pod's link up")
        try configure(record, interface, port, in: namespace)
    }

    /// The pod's side: `lo`, addresses and default routes.
    private func configure(
        _ record: PodRecord, _ interface: InterfaceName, _ port: InterfaceName, in namespace: FileDescriptor
    ) throws(NetworkError) {
        try during("cannot set up the network inside pod '\(record.name)'") { () throws(NetlinkError) in
            var inside = try NetlinkSocket(.route, in: namespace)
            guard let link = try inside.link(interface), let loopback = InterfaceName("lo") else {
                throw .malformed(request: "look for '\(interface)'", what: "it is gone")
            }
            var messages = [LinkMessage.set(loopback, up: true)]
            if configuration.subnet6 != nil { messages.append(LinkMessage.disableAddressGeneration(interface)) }
            messages.append(LinkMessage.set(interface, up: true))
            for (subnet, address) in zip(configuration.subnets, record.addresses(configuration)) {
                messages.append(AddressMessage.add(address, prefixLength: subnet.prefixLength, to: link.index))
            }
            if configuration.subnet6 != nil {
                let address = record.hardwareAddress(configuration).linkLocalAddress
                messages.append(AddressMessage.add(address, prefixLength: 64, to: link.index))
            }
            messages += configuration.gateways.map { RouteMessage.addDefault(through: $0, index: link.index) }
            try inside.perform(messages)
            try waitUntilOperational(interface, port, &inside)
        }
    }

    /// The kernel lets packets through a moment after both ends are up, by a work of its own: what is sent before is lost, and a lost question for a neighbor's
    /// address is asked again after a second.
    private func waitUntilOperational(
        _ interface: InterfaceName, _ port: InterfaceName, _ inside: inout NetlinkSocket
    ) throws(NetlinkError) {
        let end = monotonicMicroseconds() + Self.patienceWithKernel
        while monotonicMicroseconds() < end {
            if let link = try inside.link(interface), link.isOperational, let link = try route.link(port), link.isOperational,
                let bridge = try route.link(configuration.bridge), bridge.isOperational
            {
                return
            }
            pause(microseconds: 50)
        }
        throw .refused(request: "wait for link '\(port)'", errno: .ETIMEDOUT, reason: "its cable carries nothing")
    }

    /// Microseconds.
    private static let patienceWithKernel: Int64 = 5_000_000

    private static let interface = "eth0"

    func result(_ record: PodRecord, _ configuration: NetworkConfiguration) throws(NetworkError) -> PodAddresses {
        guard let interface = InterfaceName(Self.interface) else { throw NetworkError(.failed, "no interface name") }
        return PodAddresses(
            interface: interface, port: try record.port(configuration),
            hardwareAddress: record.hardwareAddress(configuration), addresses: record.addresses(configuration),
            gateways: configuration.gateways)
    }
}
