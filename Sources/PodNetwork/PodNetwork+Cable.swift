import LinuxTypes
import Netlink
import PodRecords

extension PodNetwork {
    /// What the port of a pod bears.
    func cableMark(_ record: PodRecord) -> NetworkMark { NetworkMark(store: mark.store, place: record.sandbox.string) }

    func isCable(_ link: Link, of record: PodRecord) -> Bool {
        link.kind == "veth" && NetworkMark(link.alias) == cableMark(record)
    }

    /// Makes the port of a pod one of the bridge again, with the name and mode that it is to have. What is no cable of ours is left alone.
    func reconnect(_ record: PodRecord, to bridge: Int32) throws(NetworkError) {
        let port = try record.port(configuration)
        var messages: [NetlinkMessage] = []
        if let found = try link(port) {
            guard found.kind == "veth" else { return }
            if found.master == bridge, found.isUp, found.isHairpin { return }
        } else {
            let links = try during("cannot look at the host's interfaces") { () throws(NetlinkError) in try route.links() }
            guard let found = links.first(where: { isCable($0, of: record) }), let name = InterfaceName(found.name) else {
                return
            }
            messages += [LinkMessage.set(name, up: false), LinkMessage.rename(found.index, to: port)]
        }
        step("reconnect the pod's link")
        messages += [LinkMessage.set(port, master: bridge), LinkMessage.setHairpin(port), LinkMessage.set(port, up: true)]
        try during("cannot reconnect pod '\(record.name)'") { () throws(NetlinkError) in try route.perform(messages) }
    }

    /// What is wrong with a pod's port; nil where nothing is.
    func fault(of pod: PodRecord, among links: [Link], bridge: Link?) throws(NetworkError) -> NetworkFinding? {
        let port = try pod.port(configuration)
        let what = "the link '\(port)' of pod '\(pod.name)' (\(pod.sandbox))"
        guard let link = links.first(where: { $0.name == port.string }) else {
            if let renamed = links.first(where: { isCable($0, of: pod) }) {
                return NetworkFinding(text: "\(what) is called '\(renamed.name)' now", remedy: .reconnect(pod.sandbox))
            }
            return NetworkFinding(text: "\(what) is gone, as after the end of its network namespace", remedy: .none)
        }
        guard link.kind == "veth" else {
            return NetworkFinding(text: "\(what) is none of ours any more, but another interface with its name", remedy: .none)
        }
        // Without a bridge, that is what is said.
        guard let bridge else { return nil }
        if link.master != bridge.index {
            return NetworkFinding(text: "\(what) is no port of the bridge '\(bridge.name)'", remedy: .reconnect(pod.sandbox))
        }
        if !link.isUp { return NetworkFinding(text: "\(what) is down", remedy: .reconnect(pod.sandbox)) }
        if !link.isHairpin {
            return NetworkFinding(
                text: "\(what) does not send back what the pod sends to itself (hairpin)", remedy: .reconnect(pod.sandbox))
        }
        return nil
    }
}
