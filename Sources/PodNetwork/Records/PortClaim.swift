import Journal
import Netlink
import PodRecords

/// A claim of a host port, as recorded, and what is known of who has it.
struct PortClaim {
    let key: Key
    /// What the claim says, which may be no uid.
    let holder: String
    /// Whether it is of an earlier boot, and so nobody's any more.
    let isOutdated: Bool
    /// Whether the holder is a pod of the bridge network that is cut off: its removal frees the port.
    let isRetired: Bool
    /// The name of the pod, for people; the claim's words where there is none.
    let name: String

    var sandbox: PodUID? { PodUID(holder) }

    func refusal(of port: HostPort, to pod: String) -> NetworkError {
        NetworkError(
            .taken, "the host port '\(port)' that pod '\(pod)' wants is held by pod '\(name)'",
            hint: "stop or remove pod '\(name)', or choose another hostPort")
    }
}

extension Journal {
    /// Who has a host port, at the same address or where one of both is every address.
    func claims(colliding port: HostPort) throws(NetworkError) -> [PortClaim] {
        let prefix = NetworkKeys.hostPorts(port)
        let held = try during("cannot read the records of the network") { () throws(JournalError) in
            try range(RangeRequest(.prefix(prefix))).keyValues
        }
        var found: [PortClaim] = []
        for keyValue in held {
            let place = PodNetwork.rest(of: keyValue.key, behind: prefix)
            guard port.address == nil || place == "*" || place == port.address?.description else { continue }
            let holder = String(decoding: keyValue.value, as: UTF8.self)
            var pod: PodRecord?
            var other: PortHolderRecord?
            if let uid = PodUID(holder) {
                pod = try podRecord(uid)
                other = try portHolder(uid)
            }
            found.append(
                PortClaim(
                    key: keyValue.key, holder: holder, isOutdated: keyValue.isFromEarlierBoot,
                    isRetired: pod?.state == .removing, name: pod?.name ?? other?.name ?? holder))
        }
        return found
    }

    /// nil where there is nothing of this boot.
    func recorded(_ key: Key) throws(NetworkError) -> KeyValue? {
        let found = try during("cannot read the records of the network") { () throws(JournalError) in try value(of: key) }
        return found.flatMap { $0.isFromEarlierBoot ? nil : $0 }
    }

    func podRecord(_ sandbox: PodUID) throws(NetworkError) -> PodRecord? {
        try recorded(NetworkKeys.pod(sandbox)).map { found throws(NetworkError) in try PodRecord(sandbox, decoding: found.value) }
    }

    func portHolder(_ sandbox: PodUID) throws(NetworkError) -> PortHolderRecord? {
        try recorded(NetworkKeys.portHolder(sandbox))
            .map { found throws(NetworkError) in try PortHolderRecord(sandbox, decoding: found.value) }
    }

    /// All of this boot, by uid.
    func portHolders() throws(NetworkError) -> [PortHolderRecord] {
        let all = try during("cannot read the records of the network") { () throws(JournalError) in
            try range(RangeRequest(.prefix(NetworkKeys.portHolders))).keyValues
        }
        var found: [PortHolderRecord] = []
        for keyValue in all where !keyValue.isFromEarlierBoot {
            guard let sandbox = PodUID(PodNetwork.rest(of: keyValue.key, behind: NetworkKeys.portHolders)) else {
                throw NetworkError(.failed, "the journal has host ports of '\(keyValue.key)', which is no pod")
            }
            found.append(try PortHolderRecord(sandbox, decoding: keyValue.value))
        }
        return found
    }
}
