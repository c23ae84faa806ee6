public import Journal
import LinuxKernel
public import LinuxTypes
import Netlink

/// The bridge network of one machine: gives each pod an interface, addresses and host ports, and takes them back.
///
/// What it does to the kernel is in the journal before it is done, and what is in the journal is enough to undo it: whoever is killed in the middle leaves
/// what the next call of `setUp`, `tearDown` or `fix` finds. All calls work in the network namespace in which the value was made, which is the host's; one
/// lock below the run root keeps processes apart. The calling thread joins pods' namespaces for moments, so that no other thread may rely on it. See
/// docs/networking.md.
public final class PodNetwork {
    public let configuration: NetworkConfiguration
    let journal: Journal
    /// What says of a bridge or table that it is ours.
    let mark: NetworkMark
    let lock: NetworkLock
    var route: NetlinkSocket
    var netfilter: NetlinkSocket
    /// Called before each effect on the kernel and the journal, with its name: tests end the process there.
    package var willTakeStep: (String) -> Void = { _ in }

    /// `runRoot` dies with the boot, is the same for all users of the journal and exists. Throws where netlink cannot be spoken.
    public init(_ configuration: NetworkConfiguration, journal: Journal, runRoot: HostPath) throws(NetworkError) {
        self.configuration = configuration
        self.journal = journal
        mark = NetworkMark(store: journal.identity, place: runRoot.string)
        lock = NetworkLock(runRoot)
        route = try during("cannot speak to the network of the host") { () throws(NetlinkError) in try NetlinkSocket(.route) }
        netfilter = try during("cannot speak to nf_tables") { () throws(NetlinkError) in try NetlinkSocket(.netfilter) }
    }

    /// Runs `body` while no other process changes the network. Half a minute of waiting is `busy`.
    func locked<Result>(_ body: () throws(NetworkError) -> Result) throws(NetworkError) -> Result { try lock.held(body) }

    /// Announces an effect.
    func step(_ name: String) { willTakeStep(name) }
}
