import Netlink
import PodRecords

extension Ruleset {
    /// The elements that stand for one pod, with its uid as comment, by their sets.
    func elements(of pod: PodRecord) throws(NetworkError) -> [(set: FilterSet, elements: [FilterSet.Element])] {
        let port = try pod.port(configuration)
        let hardware = pod.hardwareAddress(configuration)
        let addresses = pod.addresses(configuration)
        let comment = pod.sandbox.string
        var found: [(set: FilterSet, elements: [FilterSet.Element])] = []
        for family in [IPAddress.Family.v4, .v6] {
            var own = addresses.filter { $0.family == family }
            if own.isEmpty { continue }
            if family == .v6 { own.append(hardware.linkLocalAddress) }
            let senders = own.map { address in
                FilterSet.Element(
                    key: port.padded + FilterSet.field(hardware.bytes) + address.bytes, comment: comment)
            }
            found.append((sendersSet(family), senders))
        }
        for address in addresses {
            for hasAddress in [false, true] {
                let ports = pod.ports.filter { Self.reaches($0, address.family) && ($0.address != nil) == hasAddress }
                if ports.isEmpty { continue }
                found.append((portsSet(address.family, hasAddress: hasAddress), ports.map { element($0, to: address, comment) }))
            }
        }
        return found
    }

    private static func reaches(_ port: HostPort, _ family: IPAddress.Family) -> Bool {
        port.address.map { $0.family == family } ?? true
    }

    private func element(_ port: HostPort, to address: IPAddress, _ comment: String) -> FilterSet.Element {
        let key =
            (port.address?.bytes ?? []) + FilterSet.field([port.transport.number]) + FilterSet.field(Self.bytes(port.port))
        return FilterSet.Element(key: key, value: address.bytes + FilterSet.field(Self.bytes(port.podPort)), comment: comment)
    }

    private static func bytes(_ port: UInt16) -> [UInt8] { [UInt8(port >> 8), UInt8(truncatingIfNeeded: port)] }
}
