import Journal
import LinuxTypes
import Netlink
import PodRecords

extension PodNetwork {
    /// The network as it is up: what was done to the host, and the index of its bridge.
    struct Raised {
        let record: HostRecord
        let bridge: Int32
    }

    /// Makes the host ready for pods, or finds it so. Order: the record, which has how everything was before, then the bridge, the settings, the tables; each of
    /// them is made again where a killed process has left some.
    func raise() throws(NetworkError) -> Raised {
        if let record = try hostRecord() {
            try checkSame(record)
            let there = try checkOwner(record.configuration.bridge)
            let wanted = Ruleset(configuration: record.configuration, before: record.before).tables
            if record.state == .up, let bridge = there.bridge, bridge.kind == "bridge",
                wanted.allSatisfy({ table in there.tables.contains { $0.table == table } })
            {
                return Raised(record: record, bridge: bridge.index)
            }
            return try raise(record)
        }
        let record = try plan()
        try forgetEarlierBoot()
        try write(record)
        return try raise(record)
    }

    /// One that the record's configuration does not describe cannot be changed under pods.
    private func checkSame(_ record: HostRecord) throws(NetworkError) {
        guard record.configuration != configuration else { return }
        throw NetworkError(
            .refused,
            "the network is up with another configuration (\(record.configuration.subnets.map { "\($0)" }.joined(by: ", "))"
                + " on \(record.configuration.bridge))",
            hint: "it changes when the last pod is removed")
    }

    /// Refuses what would hurt others, before anything is done.
    private func plan() throws(NetworkError) -> HostRecord {
        let there = try checkOwner(configuration.bridge)
        if let found = there.bridge {
            let isOurs = owner(of: found) == .ours
            throw NetworkError(
                .refused,
                isOurs
                    ? "the bridge '\(configuration.bridge)' is there already, without a record of it"
                    : "the interface '\(configuration.bridge)' is there already, and not by us",
                hint: isOurs
                    ? "'hull network check --fix' removes it" : "remove it, or name another bridge in the configuration")
        }
        for found in there.tables where owner(of: found) == .unknown {
            throw NetworkError(
                .refused, "the table '\(found.table)' is there already, and not by us",
                hint: "remove it, or name another bridge in the configuration")
        }
        try checkRoutes()
        try checkOtherRoots()
        try checkForeignChains()
        let settings = try NetworkSettings()
        if configuration.subnet6 != nil, try settings.value("ipv6/conf/all/forwarding") == nil {
            throw NetworkError(
                .refused, "pods cannot have IPv6 addresses: the kernel has no IPv6",
                hint: "set 'subnet6' to \"\" in the configuration of the network")
        }
        let before = try settings.forwarding(withIPv6: configuration.subnet6 != nil)
        return HostRecord(state: .raising, configuration: configuration, before: before)
    }

    func raise(_ record: HostRecord) throws(NetworkError) -> Raised {
        var record = record
        try checkOwner(record.configuration.bridge)
        try announce()
        // A network that is being lowered is raised again.
        if record.state != .raising {
            record.state = .raising
            try write(record)
        }
        let bridge = try raiseBridge()
        step("set forwarding")
        let settings = try NetworkSettings()
        try settings.enableForwarding(record.before, bridge: configuration.bridge.string)
        // A host that forwards need not do so by interfaces that appear.
        try settings.set("ipv4/conf/\(configuration.bridge)/forwarding", to: "1")
        if configuration.translatesAddresses {
            // Packets of 127.0.0.1 may leave by the bridge, and answers to it come in. The table keeps others from using that.
            try settings.set("ipv4/conf/\(configuration.bridge)/route_localnet", to: "1")
        }
        try installTables(record)
        // Order: behind the tables, without which a pod could send what it likes.
        for pod in try podRecords() where pod.state == .ready { try reconnect(pod, to: bridge) }
        record.state = .up
        try write(record)
        return Raised(record: record, bridge: bridge)
    }

    private func raiseBridge() throws(NetworkError) -> Int32 {
        guard let gateway = configuration.gateways.first else { throw NetworkError(.failed, "the network has no gateway") }
        let hardware = HardwareAddress(for: gateway)
        if try bridge() == nil {
            step("add the bridge")
            // Order: alone, so that what another root has made meanwhile is not given our mark.
            try send([LinkMessage.addBridge(configuration.bridge, address: hardware, mtu: configuration.mtu)])
        }
        guard let found = try bridge() else { throw NetworkError(.failed, "the bridge '\(configuration.bridge)' is gone again") }
        step("set the bridge up")
        var messages = [LinkMessage.set(configuration.bridge, alias: mark.text)]
        if configuration.subnet6 != nil {
            // A host may have turned IPv6 off for interfaces to come.
            try NetworkSettings().set("ipv6/conf/\(configuration.bridge)/disable_ipv6", to: "0")
            messages.append(LinkMessage.disableAddressGeneration(configuration.bridge))
        }
        messages.append(LinkMessage.set(configuration.bridge, up: true))
        for (subnet, gateway) in zip(configuration.subnets, configuration.gateways) {
            messages.append(AddressMessage.add(gateway, prefixLength: subnet.prefixLength, to: found.index))
        }
        if configuration.subnet6 != nil {
            messages.append(AddressMessage.add(hardware.linkLocalAddress, prefixLength: 64, to: found.index))
        }
        try send(messages)
        return found.index
    }

    /// Both tables at once, with the elements of the pods that there are.
    func installTables(_ record: HostRecord) throws(NetworkError) {
        let ruleset = Ruleset(configuration: record.configuration, before: record.before)
        var messages = ruleset.install(replacing: try ownTables(configuration.bridge), comment: mark.text)
        let pods = try podRecords().filter { $0.state != .removing }
        for pod in pods {
            messages += try ruleset.elements(of: pod).map { $0.set.add($0.elements) }
        }
        let names = ruleset.tables.map { "'\($0)'" }.joined(by: " and ")
        step("install the tables")
        do throws(NetlinkError) { try netfilter.transact(messages) } catch {
            guard error.errno == .ENOENT || error.errno == .ENOTSUP || error.errno == .EAFNOSUPPORT else {
                throw NetworkError(.failed, "cannot install the tables \(names): \(error)")
            }
            throw NetworkError(
                .failed, "cannot install the tables \(names): \(error)",
                hint:
                    "the kernel lacks a part of nf_tables: the families inet and bridge, nft_chain_nat, nft_nat, nft_masq, nft_fib_inet and nft_ct are needed"
            )
        }
        try forgetEarlierConnections(of: pods, record.configuration)
    }

    /// The bridge, if it is one.
    func bridge() throws(NetworkError) -> Link? {
        guard let found = try link(configuration.bridge) else { return nil }
        guard found.kind == "bridge" else {
            throw NetworkError(.refused, "the interface '\(configuration.bridge)' is no bridge")
        }
        return found
    }

    func link(_ name: InterfaceName) throws(NetworkError) -> Link? {
        try during("cannot look at the host's interfaces") { () throws(NetlinkError) in try route.link(name) }
    }

    /// The tables of the network that the journal says is there: those that bear our mark or none, as an earlier version of Hull made them.
    func ownTables(_ bridge: InterfaceName) throws(NetworkError) -> [FilterTable] {
        try namedTables(bridge).filter { owner(of: $0).mark == nil }.map(\.table)
    }

    func send(_ messages: [NetlinkMessage]) throws(NetworkError) {
        try during("the network") { () throws(NetlinkError) in try route.perform(messages) }
    }

    /// What volatile records of an earlier boot, or a network that is gone, have left. Host ports of pods without the bridge network stay theirs.
    private func forgetEarlierBoot() throws(NetworkError) {
        let step = "forget the network of an earlier boot"
        try commit(
            step, [NetworkKeys.host, NetworkKeys.pods, NetworkKeys.addresses].map { .delete(.prefix($0)) })
        let holders = Set(try journal.portHolders().map(\.sandbox.string))
        let claims = try range(NetworkKeys.hostPorts).filter {
            $0.isFromEarlierBoot || !holders.contains(String(decoding: $0.value, as: UTF8.self))
        }
        let outdated = claims + (try range(NetworkKeys.portHolders).filter(\.isFromEarlierBoot))
        for start in stride(from: 0, to: outdated.count, by: HostPort.limit) {
            try commit(step, outdated[start..<min(start + HostPort.limit, outdated.count)].map { .delete(.key($0.key)) })
        }
    }

    /// The error, with what its undoing failed with.
    func undoing(_ error: NetworkError, _ body: () throws(NetworkError) -> Void) -> NetworkError {
        var error = error
        do throws(NetworkError) { try body() } catch let second {
            error.undoing = (error.undoing.map { $0 + "; " } ?? "") + second.description
        }
        return error
    }
}
