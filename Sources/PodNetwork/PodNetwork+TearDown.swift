import Journal
import LinuxKernel
import LinuxTypes
import Netlink
public import PodRecords

extension PodNetwork {
    /// Takes back what a pod has of the network: rules, connections through its host ports, its link, its claims, and after the last pod the bridge, the tables and
    /// the settings of forwarding. Needs no namespace, and does nothing for a pod that has nothing: so it may be called again until it succeeds.
    ///
    /// The kernel takes tens of milliseconds for it; who has somebody waiting calls `retire`, answers, and then `reap`.
    ///
    /// `isMeant` is asked when nobody else can change the network: who takes the pod for gone may be late.
    public func tearDown(
        _ sandbox: PodUID, if isMeant: () throws(NetworkError) -> Bool = { true }
    ) throws(NetworkError) {
        try locked { () throws(NetworkError) in
            guard try isMeant() else { return }
            if let record = try podRecord(sandbox) { try remove(record) }
            try lowerIfLast()
        }
    }

    /// The quick half of `tearDown`: the pod's rules are gone, so that nothing comes from it any more and none of its host ports leads to it. Its link and claims stay
    /// until `reap`, or until another pod needs them. Does nothing for a pod that has nothing.
    public func retire(_ sandbox: PodUID) throws(NetworkError) {
        // Without the lock: only the pod itself gets it a record.
        guard try podRecord(sandbox) != nil else { return }
        try locked { () throws(NetworkError) in
            if let record = try podRecord(sandbox) { _ = try stop(record) }
        }
    }

    /// The slow half: removes all that is left of retired pods, one at a time, so that others come in between; after the last pod the network too. Takes no lock
    /// where nothing is left.
    public func reap() throws(NetworkError) {
        for record in try podRecords() where record.state == .removing {
            try awaitEndOfLink(record)
            try tearDown(record.sandbox)
        }
        guard try hostRecord() != nil, try podRecords().isEmpty else { return }
        try locked { () throws(NetworkError) in try lowerIfLast() }
    }

    /// The kernel deletes the cable at the end of the pod's network namespace, which it takes its time for. To delete it meanwhile would take as long, and with the lock held,
    /// so that the next pod had to wait.
    private func awaitEndOfLink(_ record: PodRecord) throws(NetworkError) {
        let port = try record.port(hostRecord()?.configuration ?? configuration)
        let end = monotonicMicroseconds() + Self.patienceWithNamespaces
        while try link(port) != nil, monotonicMicroseconds() < end { pause(milliseconds: 1) }
    }

    /// Microseconds.
    private static let patienceWithNamespaces: Int64 = 200_000

    /// Order: the rules first, so that nothing new comes to the pod, then what the kernel remembers of old connections, then the link; the claims last, since
    /// whoever gets the address next must not find any of it.
    func remove(_ record: PodRecord) throws(NetworkError) {
        let record = try stop(record)
        let configuration = try hostRecord()?.configuration ?? configuration
        if !record.ports.isEmpty { try forgetConnections(record, configuration) }
        try deleteLink(record, configuration)
        let keys =
            [NetworkKeys.pod(record.sandbox)] + record.addresses(configuration).map(NetworkKeys.address)
            + record.ports.map(NetworkKeys.hostPort)
        try commit("release addresses and ports", keys.map { .delete(.key($0)) })
    }

    /// Another's link that has the name is left alone: ours is a cable that bears the pod's mark, or, where the process that made it came no further, a port of the
    /// bridge as long as that is there.
    private func deleteLink(_ record: PodRecord, _ configuration: NetworkConfiguration) throws(NetworkError) {
        let port = try record.port(configuration)
        guard let found = try link(port), found.kind == "veth" else { return }
        if !isCable(found, of: record), let bridge = try link(configuration.bridge), found.master != bridge.index { return }
        step("delete the pod's link")
        try during("cannot disconnect pod '\(record.name)'") { () throws(NetlinkError) in
            try route.perform([LinkMessage.delete(port)]) { errno, _ in errno == .ENODEV }
        }
    }

    /// Records that the pod goes, and removes its rules.
    private func stop(_ record: PodRecord) throws(NetworkError) -> PodRecord {
        var record = record
        let isFirst = record.state != .removing
        if isFirst {
            record.state = .removing
            try write(record)
        }
        // What the network was raised with, whatever this process would raise.
        if let host = try hostRecord() { try removeRules(record, host, isFirst: isFirst) }
        return record
    }

    /// All of the pod's elements in one transaction; where some are gone already, those that are left. The kernel takes milliseconds to take a transaction back: who is not the
    /// first to remove them looks before.
    private func removeRules(_ record: PodRecord, _ host: HostRecord, isFirst: Bool) throws(NetworkError) {
        let elements = try Ruleset(configuration: host.configuration, before: host.before).elements(of: record)
        step("delete the pod's rules")
        if isFirst {
            do throws(NetlinkError) { return try netfilter.transact(elements.map { $0.set.delete($0.elements) }) } catch {
                guard error.errno == .ENOENT else {
                    throw NetworkError(.failed, "cannot delete the rules of pod '\(record.name)': \(error)")
                }
            }
        }
        try during("cannot delete the rules of pod '\(record.name)'") { () throws(NetlinkError) in
            var messages: [NetlinkMessage] = []
            for (set, own) in elements {
                let keys = Set(own.map(\.key))
                let left = try netfilter.elements(of: set)?.filter { keys.contains($0.key) } ?? []
                if !left.isEmpty { messages.append(set.delete(left)) }
            }
            try netfilter.transact(messages)
        }
    }

    /// Gives the host back what it was like before the first pod, where there is no pod any more.
    func lowerIfLast() throws(NetworkError) {
        guard let record = try hostRecord(), try podRecords().isEmpty else { return }
        try lower(record)
    }

    func lower(_ record: HostRecord) throws(NetworkError) {
        var record = record
        if record.state != .lowering {
            record.state = .lowering
            try write(record)
        }
        // Order: forwarding ends before the tables that confine it.
        step("restore forwarding")
        try NetworkSettings().restoreForwarding(record.before, bridge: record.configuration.bridge.string)
        step("delete the bridge")
        if let found = try link(record.configuration.bridge), owner(of: found).mark == nil {
            try during("cannot delete the bridge '\(record.configuration.bridge)'") { () throws(NetlinkError) in
                try route.perform([LinkMessage.delete(record.configuration.bridge)]) { errno, _ in errno == .ENODEV }
            }
        }
        try deleteTables(record.configuration.bridge)
        try commit("forget the network", [.delete(.key(NetworkKeys.host))])
    }

    private func deleteTables(_ bridge: InterfaceName) throws(NetworkError) { try delete(ownTables(bridge)) }

    func delete(_ tables: [FilterTable]) throws(NetworkError) {
        step("delete the tables")
        try during("cannot delete the tables of the network") { () throws(NetlinkError) in
            try netfilter.transact(tables.map { $0.delete() })
        }
    }
}
