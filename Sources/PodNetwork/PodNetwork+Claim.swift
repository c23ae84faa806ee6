import Journal
import LinuxKernel
import Netlink
import PodRecords

extension PodNetwork {
    /// Claims addresses and ports for a pod, all in one transaction. Addresses go round the subnet, so that one that was given back rests before it is
    /// given out again.
    func claim(
        _ sandbox: PodUID, _ name: String, _ namespace: NamespaceIdentity, _ ports: [HostPort]
    ) throws(NetworkError) -> PodRecord {
        try checkHolders(ports, of: name)
        do throws(NetworkError) { return try claimFree(sandbox, name, namespace, ports) } catch {
            // Those of retired pods are free as soon as somebody takes the time.
            let retired = try podRecords().filter { $0.state == .removing }
            guard error.kind == .refused, !retired.isEmpty else { throw error }
            for record in retired { try remove(record) }
            return try claimFree(sandbox, name, namespace, ports)
        }
    }

    private func claimFree(
        _ sandbox: PodUID, _ name: String, _ namespace: NamespaceIdentity, _ ports: [HostPort]
    ) throws(NetworkError) -> PodRecord {
        let offsets = configuration.offsets
        let last = try cursor()
        var offset = last
        while true {
            offset = offset + 1 < offsets.upperBound ? offset + 1 : offsets.lowerBound
            let addresses = configuration.addresses(at: offset)
            var isFree = true
            for address in addresses where try value(NetworkKeys.address(address)) != nil { isFree = false }
            if isFree {
                let record = PodRecord(
                    state: .claimed, sandbox: sandbox, name: name, offset: offset, namespace: namespace, ports: ports)
                if try commit(record, addresses) { return record }
            }
            if offset == last || last < offsets.lowerBound && offset == offsets.upperBound - 1 {
                throw NetworkError(.refused, "no address of \(configuration.subnet4) is free for pod '\(name)'")
            }
        }
    }

    private func cursor() throws(NetworkError) -> Int {
        guard let found = try value(NetworkKeys.cursor), let last = Int(String(decoding: found.value, as: UTF8.self)),
            configuration.offsets.contains(last)
        else { return configuration.offsets.lowerBound - 1 }
        return last
    }

    private func commit(_ record: PodRecord, _ addresses: [IPAddress]) throws(NetworkError) -> Bool {
        let holder = Array(record.sandbox.string.utf8)
        var comparisons = addresses.map { Comparison.isAbsent(NetworkKeys.address($0)) }
        var operations: [Operation] = [
            .put(NetworkKeys.pod(record.sandbox), value: record.encoded()),
            .put(NetworkKeys.cursor, value: Array("\(record.offset)".utf8)),
        ]
        operations += addresses.map { .put(NetworkKeys.address($0), value: holder) }
        for port in record.ports {
            comparisons.append(.isAbsent(NetworkKeys.hostPort(port)))
            operations.append(.put(NetworkKeys.hostPort(port), value: holder))
        }
        return try commit("claim addresses and ports", if: comparisons, operations)
    }

    /// Refuses ports that another pod has, at the same address or where one of both is every address.
    private func checkHolders(_ ports: [HostPort], of name: String) throws(NetworkError) {
        for port in ports {
            for held in try journal.claims(colliding: port) {
                if held.isOutdated {
                    try commit("forget a claim of an earlier boot", [.delete(.key(held.key))])
                    continue
                }
                if held.isRetired, let record = try held.sandbox.flatMap({ uid throws(NetworkError) in try podRecord(uid) }) {
                    try remove(record)
                    continue
                }
                throw held.refusal(of: port, to: name)
            }
        }
    }
}
