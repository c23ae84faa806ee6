public import Journal
public import LinuxTypes
import Netlink
public import PodRecords

/// Host ports of pods that are not on the bridge network: of those in the host's, whose programs listen there themselves, and of those on a network of CNI, whose
/// plugins lead ports to them.
///
/// They are claimed in the same place as those of the bridge network's pods: one port is never given twice, whatever networks the pods have.
public final class HostPortClaims {
    let journal: Journal
    private let runRoot: HostPath
    private let lock: NetworkLock

    /// As for `PodNetwork`.
    public init(journal: Journal, runRoot: HostPath) {
        self.journal = journal
        self.runRoot = runRoot
        lock = NetworkLock(runRoot)
    }

    /// Claims ports for a pod, in the place of those that it had. `name` is the pod's, for messages. Works in the host's network namespace.
    ///
    /// Throws `taken` with the holder's name for a port that another pod has, and `refused` for one at an address that the host has not. Does nothing without ports.
    public func claim(_ ports: [HostPort], for sandbox: PodUID, name: String) throws(NetworkError) {
        if ports.isEmpty { return }
        try HostPort.check(ports, of: name)
        if ports.contains(where: { $0.address != nil }) {
            var route = try during("cannot speak to the network of the host") { () throws(NetlinkError) in
                try NetlinkSocket(.route)
            }
            try OwnAddresses(&route).check(ports, of: name)
        }
        let record = PortHolderRecord(sandbox: sandbox, name: name, ports: ports)
        while let retired = try lock.held({ () throws(NetworkError) in try claimFree(record) }) { try finishRemoval(of: retired) }
    }

    /// Gives a pod's ports back. Does nothing for a pod that has none. `isMeant` as of `PodNetwork.tearDown`.
    public func release(
        _ sandbox: PodUID, if isMeant: () throws(NetworkError) -> Bool = { true }
    ) throws(NetworkError) {
        guard try journal.portHolder(sandbox) != nil else { return }
        try lock.held { () throws(NetworkError) in if try isMeant() { try releaseHeld(sandbox) } }
    }

    /// Which pods hold ports here, by uid. Takes no lock and waits for nobody.
    public func holders() throws(NetworkError) -> [(sandbox: PodUID, name: String, ports: [HostPort])] {
        try journal.portHolders().map { ($0.sandbox, $0.name, $0.ports) }
    }

    /// Returns a pod of the bridge network that is cut off and still has one of the ports: its removal comes first.
    private func claimFree(_ record: PortHolderRecord) throws(NetworkError) -> PodUID? {
        try releaseHeld(record.sandbox)
        var outdated: [Operation] = []
        for port in record.ports {
            for held in try journal.claims(colliding: port) {
                if held.isOutdated {
                    outdated.append(.delete(.key(held.key)))
                    continue
                }
                if held.isRetired, let sandbox = held.sandbox { return sandbox }
                throw held.refusal(of: port, to: record.name)
            }
        }
        try commit(outdated)
        let holder = Array(record.sandbox.string.utf8)
        try commit(
            [.put(NetworkKeys.portHolder(record.sandbox), value: record.encoded())]
                + record.ports.map { .put(NetworkKeys.hostPort($0), value: holder) })
        return nil
    }

    private func releaseHeld(_ sandbox: PodUID) throws(NetworkError) {
        guard let record = try journal.portHolder(sandbox) else { return }
        var keys = [NetworkKeys.portHolder(sandbox)]
        for key in record.ports.map(NetworkKeys.hostPort) {
            let found = try journal.recorded(key)
            if let found, found.value.elementsEqual(sandbox.string.utf8) { keys.append(key) }
        }
        try commit(keys.map { .delete(.key($0)) })
    }

    private func finishRemoval(of sandbox: PodUID) throws(NetworkError) {
        let configuration =
            if let raised = try RaisedNetwork(recordedIn: journal) { raised.configuration } else {
                try NetworkConfiguration.standard()
            }
        try PodNetwork(configuration, journal: journal, runRoot: runRoot).tearDown(sandbox)
    }

    private func commit(_ operations: [Operation]) throws(NetworkError) {
        for start in stride(from: 0, to: operations.count, by: HostPort.limit + 1) {
            let part = Array(operations[start..<min(start + HostPort.limit + 1, operations.count)])
            _ = try during("cannot record the pod's host ports") { () throws(JournalError) in
                try journal.commit(Transaction(then: part), .volatile)
            }
        }
    }
}
