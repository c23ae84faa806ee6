import Journal
import Netlink
import PodRecords

extension PodNetwork {
    /// The bridge, its addresses, the settings, others' tables.
    func hostFindings(_ host: HostRecord) throws(NetworkError) -> [NetworkFinding] {
        var findings: [NetworkFinding] = []
        if host.state != .up {
            findings.append(NetworkFinding(text: "the network is \(host.state), and did not come to its end", remedy: .raise))
        }
        let configuration = host.configuration
        guard let bridge = try link(configuration.bridge) else {
            return findings + [NetworkFinding(text: "the bridge '\(configuration.bridge)' is gone", remedy: .raise)]
        }
        if !bridge.isUp {
            findings.append(NetworkFinding(text: "the bridge '\(configuration.bridge)' is down", remedy: .raise))
        }
        let addresses = try during("cannot look at the host's addresses") { () throws(NetlinkError) in try route.addresses() }
        for gateway in configuration.gateways
        where !addresses.contains(where: { $0.index == bridge.index && $0.address == gateway }) {
            findings.append(
                NetworkFinding(text: "the bridge '\(configuration.bridge)' has lost its address \(gateway)", remedy: .raise))
        }
        let settings = try NetworkSettings()
        let local = "ipv4/conf/\(configuration.bridge)/route_localnet"
        if configuration.translatesAddresses, try settings.value(local) != "1" {
            findings.append(
                NetworkFinding(text: "host ports at 127.0.0.1 lead nowhere: net/\(local) is not 1", remedy: .raise))
        }
        if try settings.isOn("ipv4/ip_forward") != true {
            findings.append(NetworkFinding(text: "the host does not forward IPv4 any more", remedy: .raise))
        }
        if host.before.v6 != nil, try settings.isOn("ipv6/conf/all/forwarding") != true {
            findings.append(NetworkFinding(text: "the host does not forward IPv6 any more", remedy: .raise))
        }
        if let text = try foreignDrop() { findings.append(NetworkFinding(text: text, remedy: .none)) }
        return findings
    }

    /// Pods without a link, and links without a pod.
    func linkFindings(_ host: HostRecord, _ pods: [PodRecord]) throws(NetworkError) -> [NetworkFinding] {
        let links = try during("cannot look at the host's interfaces") { () throws(NetlinkError) in try route.links() }
        let prefix = "\(host.configuration.bridge)p"
        var owned: Set<String> = []
        var findings: [NetworkFinding] = []
        let bridge = links.first { $0.name == host.configuration.bridge.string && $0.kind == "bridge" }
        for pod in pods {
            owned.insert(try pod.port(host.configuration).string)
            if let renamed = links.first(where: { isCable($0, of: pod) }) { owned.insert(renamed.name) }
            guard pod.state == .ready, let fault = try fault(of: pod, among: links, bridge: bridge) else { continue }
            findings.append(fault)
        }
        for link in links where link.name.hasPrefix(prefix) && Int(link.name.dropFirst(prefix.count)) != nil {
            if !owned.contains(link.name), owner(of: link).mark == nil {
                findings.append(
                    NetworkFinding(
                        text: "the link '\(link.name)' belongs to no pod", remedy: .deleteLink(link.name), isPassing: true))
            }
        }
        return findings
    }

    /// Pods without rules, and rules without a pod.
    func ruleFindings(_ host: HostRecord, _ pods: [PodRecord]) throws(NetworkError) -> [NetworkFinding] {
        let ruleset = Ruleset(configuration: host.configuration, before: host.before)
        var findings: [NetworkFinding] = []
        var wanted: [FilterSet: [[UInt8]: (pod: PodRecord, value: [UInt8]?)]] = [:]
        for pod in pods where pod.state == .ready {
            for (set, elements) in try ruleset.elements(of: pod) {
                for element in elements { wanted[set, default: [:]][element.key] = (pod, element.value) }
            }
        }
        for set in ruleset.sets {
            let there = try during("cannot look at nf_tables") { () throws(NetlinkError) in try netfilter.elements(of: set) }
            guard let there else {
                return [NetworkFinding(text: "the table '\(set.table)' or its set '\(set.name)' is gone", remedy: .raise)]
            }
            let values = Dictionary(there.map { ($0.key, $0.value) }) { first, _ in first }
            for (key, (pod, value)) in wanted[set] ?? [:] where values[key] != .some(value) {
                let what = values[key] == nil ? "is gone from" : "leads elsewhere in"
                findings.append(
                    NetworkFinding(
                        text: "a rule of pod '\(pod.name)' (\(pod.sandbox)) \(what) the set '\(set.name)'", remedy: .raise))
            }
            let unfinished = Set(pods.filter { $0.state != .ready }.map(\.sandbox.string))
            for element in there where wanted[set]?[element.key] == nil && !unfinished.contains(element.comment ?? "") {
                findings.append(
                    NetworkFinding(
                        text: "the set '\(set.name)' has a rule of no pod ('\(element.comment ?? "")')", remedy: .raise))
            }
        }
        return findings + (try chainFindings(ruleset))
    }

    /// The rules that are the same for all pods.
    private func chainFindings(_ ruleset: Ruleset) throws(NetworkError) -> [NetworkFinding] {
        var findings: [NetworkFinding] = []
        let listed = try namedTables(ruleset.configuration.bridge)
        for table in ruleset.tables {
            guard let found = listed.first(where: { $0.table == table }) else {
                findings.append(NetworkFinding(text: "the table '\(table)' is gone", remedy: .raise))
                continue
            }
            if found.isDormant {
                findings.append(NetworkFinding(text: "the table '\(table)' is dormant", remedy: .raise))
            }
            let chains = ruleset.chains.filter { $0.table == table }
            let differences = try during("cannot look at nf_tables") { () throws(NetlinkError) in
                try netfilter.differences(of: table, from: chains)
            }
            findings += differences.map {
                NetworkFinding(text: "the table '\(table)' is not as it should be: \($0)", remedy: .raise)
            }
        }
        for (set, elements) in ruleset.constants {
            let there = try during("cannot look at nf_tables") { () throws(NetlinkError) in try netfilter.elements(of: set) }
            guard let there, Set(there.map(\.key)) != Set(elements.map(\.key)) else { continue }
            findings.append(
                NetworkFinding(text: "the set '\(set.name)' of the table '\(set.table)' is not as it should be", remedy: .raise))
        }
        return findings
    }

    /// A bridge or tables of our name that another root has made: nothing of them is ours to mend or to remove.
    func otherRootFindings(_ bridge: InterfaceName) throws(NetworkError) -> [NetworkFinding] {
        var found: [(what: String, mark: NetworkMark)] = []
        if let link = try link(bridge), let mark = owner(of: link).mark { found.append(("the bridge '\(bridge)'", mark)) }
        for table in try namedTables(bridge) {
            if let mark = owner(of: table).mark { found.append(("the table '\(table.table)'", mark)) }
        }
        return found.map { what, mark in
            NetworkFinding(
                text: Self.text(what, isOf: mark) + (isLiving(mark) ? "" : Self.unseen), remedy: .none)
        }
    }

    func claims(of pod: PodRecord) throws(NetworkError) -> [Key] {
        let configuration = try hostRecord()?.configuration ?? configuration
        return pod.addresses(configuration).map(NetworkKeys.address) + pod.ports.map(NetworkKeys.hostPort)
    }

    /// Claims without a pod, and pods without claims.
    func claimFindings(_ pods: [PodRecord]) throws(NetworkError) -> [NetworkFinding] {
        var findings: [NetworkFinding] = []
        var holders: [Key: String] = [:]
        for pod in pods {
            for key in try claims(of: pod) { holders[key] = pod.sandbox.string }
        }
        let others = try journal.portHolders()
        for other in others {
            for key in other.ports.map(NetworkKeys.hostPort) { holders[key] = other.sandbox.string }
        }
        var claimed: Set<Key> = []
        for prefix in [NetworkKeys.addresses, NetworkKeys.hostPorts] {
            for keyValue in try range(prefix) where !keyValue.isFromEarlierBoot {
                claimed.insert(keyValue.key)
                let holder = String(decoding: keyValue.value, as: UTF8.self)
                guard holders[keyValue.key] != holder else { continue }
                findings.append(
                    NetworkFinding(
                        text: "'\(keyValue.key)' is claimed by '\(holder)', which does not use it",
                        remedy: .release(keyValue.key.description)))
            }
        }
        for pod in pods where pod.state == .ready {
            for key in try claims(of: pod) where !claimed.contains(key) {
                findings.append(
                    NetworkFinding(
                        text: "pod '\(pod.name)' (\(pod.sandbox)) uses '\(key)' without a claim", remedy: .claim(pod.sandbox)))
            }
        }
        for other in others {
            for key in other.ports.map(NetworkKeys.hostPort) where !claimed.contains(key) {
                findings.append(
                    NetworkFinding(
                        text: "pod '\(other.name)' (\(other.sandbox)) uses '\(key)' without a claim",
                        remedy: .claim(other.sandbox)))
            }
        }
        return findings
    }
}
