import Journal
import LinuxKernel
import LinuxTypes
import Netlink
import PodRecords

extension PodNetwork {
    /// Compares the journal and the kernel, both ways. Empty where they agree. Waits some seconds for removals that others, and the kernel, are about to finish.
    public func check() throws(NetworkError) -> [NetworkFinding] {
        let end = monotonicMicroseconds() + Self.patienceWithRemovals
        while true {
            let found = try locked { () throws(NetworkError) in try findings() }
            guard found.contains(where: \.isPassing), monotonicMicroseconds() < end else { return found }
            pause(milliseconds: 20)
        }
    }

    /// Microseconds.
    private static let patienceWithRemovals: Int64 = 3_000_000

    /// Does what can be done about what `check` finds, and returns what is left.
    public func fix() throws(NetworkError) -> [NetworkFinding] {
        try locked { () throws(NetworkError) in
            // Order: what is undone first may raise or lower the network, which makes other findings void.
            for _ in 0..<Self.rounds {
                guard let finding = try findings().first(where: { $0.remedy != .none }) else { break }
                try mend(finding)
            }
            return try findings()
        }
    }

    private static let rounds = 10_000

    private func mend(_ finding: NetworkFinding) throws(NetworkError) {
        switch finding.remedy {
        case .raise: if let record = try hostRecord() { _ = try raise(record) }
        case .lower: try removeLeftovers()
        case .remove(let sandbox):
            if let record = try podRecord(sandbox) { try remove(record) }
            try lowerIfLast()
        case .reconnect(let sandbox):
            guard let record = try podRecord(sandbox), let bridge = try bridge() else { return }
            try reconnect(record, to: bridge.index)
        case .deleteLink(let name):
            guard let name = InterfaceName(name) else { return }
            step("delete a stray link")
            try during("the network") { () throws(NetlinkError) in
                try route.perform([LinkMessage.delete(name)]) { errno, _ in errno == .ENODEV }
            }
        case .release(let key): try commit("release a stray claim", [.delete(.key(Key(key)))])
        case .claim(let sandbox):
            let ports = try journal.portHolder(sandbox)?.ports ?? []
            let keys = try podRecord(sandbox).map { record throws(NetworkError) in try claims(of: record) } ?? []
            var operations: [Operation] = []
            for key in keys + ports.map(NetworkKeys.hostPort) where try value(key) == nil {
                operations.append(.put(key, value: Array(sandbox.string.utf8)))
            }
            try commit("claim again", operations)
        case .none: return
        }
    }

    private func findings() throws(NetworkError) -> [NetworkFinding] {
        let pods = try podRecords()
        guard let host = try hostRecord() else { return try findingsWithoutRecord(pods) }
        var findings: [NetworkFinding] = []
        for pod in pods where pod.state != .ready {
            let what = pod.state == .claimed ? "set-up" : "removal"
            findings.append(
                NetworkFinding(
                    text: "the \(what) of pod '\(pod.name)' (\(pod.sandbox)) did not come to its end",
                    remedy: .remove(pod.sandbox), isPassing: pod.state == .removing))
        }
        if pods.isEmpty {
            findings.append(
                NetworkFinding(text: "the network is \(host.state), but has no pod", remedy: .lower, isPassing: true))
            return findings
        }
        let others = try otherRootFindings(host.configuration.bridge)
        guard others.isEmpty else { return findings + others + (try claimFindings(pods)) }
        findings += try hostFindings(host)
        findings += try linkFindings(host, pods)
        findings += try ruleFindings(host, pods)
        return findings + (try claimFindings(pods))
    }

    private func findingsWithoutRecord(_ pods: [PodRecord]) throws(NetworkError) -> [NetworkFinding] {
        var findings: [NetworkFinding] = []
        // What a living root has is as it should be; only what nobody will take away is told.
        for (what, owner) in try strayObjects() {
            switch owner {
            case .ours: findings.append(NetworkFinding(text: "\(what) belongs to no network", remedy: .lower))
            case .other(let mark):
                if isLiving(mark) { continue }
                findings.append(NetworkFinding(text: Self.text(what, isOf: mark) + Self.unseen, remedy: .none))
            case .unknown:
                findings.append(NetworkFinding(text: "\(what) belongs to no network that is known here", remedy: .none))
            }
        }
        for pod in pods {
            findings.append(
                NetworkFinding(
                    text: "pod '\(pod.name)' (\(pod.sandbox)) is recorded, but there is no network", remedy: .remove(pod.sandbox))
            )
        }
        return findings + (try claimFindings(pods))
    }

    /// What there is that has the names of our network, and whose it is. A bridge that neither bears a mark nor has our hardware address is a stranger's.
    private func strayObjects() throws(NetworkError) -> [(what: String, owner: NetworkOwner)] {
        var found: [(what: String, owner: NetworkOwner)] = []
        if let link = try link(configuration.bridge) {
            let hardware = configuration.gateways.first.map { HardwareAddress(for: $0) }
            let owner = owner(of: link)
            if owner != .unknown || link.hardwareAddress == hardware { found.append(("the bridge '\(link.name)'", owner)) }
        }
        return found + (try namedTables(configuration.bridge).map { ("the table '\($0.table)'", owner(of: $0)) })
    }

    /// Of a network without a pod, or without a record.
    private func removeLeftovers() throws(NetworkError) {
        if let record = try hostRecord() { return try lower(record) }
        if let found = try link(configuration.bridge), owner(of: found) == .ours {
            step("delete the bridge")
            try send([LinkMessage.delete(configuration.bridge)])
        }
        try delete(namedTables(configuration.bridge).filter { owner(of: $0) == .ours }.map(\.table))
    }
}
