public import Journal
public import PodRecords

/// A pod that has something of the network, as recorded.
public struct AttachedPod: Hashable, Sendable {
    public enum State: Hashable, Sendable {
        /// Its set-up goes on, or was killed.
        case settingUp
        case ready
        /// It is cut off; its removal goes on, or waits for `reap`.
        case removing
    }

    public let sandbox: PodUID
    public let name: String
    public let state: State
    public let addresses: PodAddresses
    public let ports: [HostPort]
}

/// What was done to the host for its pods, as recorded.
public struct RaisedNetwork: Hashable, Sendable {
    /// `raising`, `up` or `lowering`.
    public let state: String
    public let configuration: NetworkConfiguration

    /// That of this boot; nil where there is none. Takes no lock and waits for nobody.
    public init?(recordedIn journal: Journal) throws(NetworkError) {
        let found = try during("cannot read the records of the network") { () throws(JournalError) in
            try journal.value(of: NetworkKeys.host)
        }
        guard let found, !found.isFromEarlierBoot else { return nil }
        let record = try HostRecord(decoding: found.value)
        state = record.state.rawValue
        configuration = record.configuration
    }
}

extension PodNetwork {
    /// All pods that have something of the network, by uid. Takes no lock and waits for nobody.
    public func pods() throws(NetworkError) -> [AttachedPod] {
        let configuration = try hostRecord()?.configuration ?? configuration
        var found: [AttachedPod] = []
        for record in try podRecords() {
            let state: AttachedPod.State =
                switch record.state {
                case .claimed: .settingUp
                case .ready: .ready
                case .removing: .removing
                }
            found.append(
                AttachedPod(
                    sandbox: record.sandbox, name: record.name, state: state, addresses: try result(record, configuration),
                    ports: record.ports))
        }
        return found
    }
}
