internal import Journal
internal import LinuxKernel
internal import LinuxTypes
internal import Netlink
internal import PodNetwork
public import PodRecords

/// The networks of this machine's pods, for who looks at them or after them. Looking takes no lock and asks nobody.
public struct PodNetworks {
    let places: PodPlaces
    let configuration: MachineConfiguration

    public init(_ places: PodPlaces, _ configuration: MachineConfiguration) {
        self.places = places
        self.configuration = configuration
    }

    /// The bridge network, then those of CNI that are configured, then those that are no more but have pods.
    public func all() throws(PodError) -> [PodNetworkState] {
        let journal = try journal(isWritable: false)
        var found = [try bridgeState(journal)]
        do throws(NetworkError) {
            var attached: [String: [PodNetworkState.Member]] = [:]
            if let journal {
                for attachment in try cni(journal).attachments() {
                    attached[attachment.network, default: []].append(
                        PodNetworkState.Member(
                            uid: attachment.sandbox.string, name: try name(of: attachment.sandbox),
                            state: attachment.isComplete ? "ready" : attachment.state,
                            addresses: attachment.addresses.map(\.description)))
                }
            }
            for entry in try configuration.cni.lists.map({ path throws(NetworkError) in try CNIDirectory(path).entries() }) ?? []
            {
                guard case .success(let list) = entry.list, !found.contains(where: { $0.name == "cni:" + list.name }) else {
                    continue
                }
                var state = PodNetworkState(name: "cni:" + list.name, kind: "cni", state: "configured")
                state.file = entry.file.string
                state.plugins = list.types
                state.hasPorts = list.mapsPorts
                state.members = attached.removeValue(forKey: list.name) ?? []
                found.append(state)
            }
            for (network, members) in attached.sorted(by: { $0.key < $1.key }) {
                var state = PodNetworkState(name: "cni:" + network, kind: "cni", state: "not configured")
                state.members = members
                found.append(state)
            }
        } catch { throw PodError(error) }
        return found
    }

    /// Why files in the directory of CNI networks are none, one line each.
    public func unreadableLists() throws(PodError) -> [String] {
        guard let directory = configuration.cni.lists else { return [] }
        do throws(NetworkError) {
            return try CNIDirectory(directory).entries().compactMap { entry in
                if case .failure(let error) = entry.list { error.description } else { nil }
            }
        } catch { throw PodError(error) }
    }

    private func bridgeState(_ journal: Journal?) throws(PodError) -> PodNetworkState {
        do throws(NetworkError) {
            let raised = try journal.flatMap { journal throws(NetworkError) in try RaisedNetwork(recordedIn: journal) }
            let used = raised?.configuration ?? configuration.bridgeNetwork
            var state = PodNetworkState(name: "bridge", kind: "bridge", state: raised?.state ?? "down")
            state.bridge = used.bridge.string
            state.subnets = used.subnets.map(\.description)
            state.gateways = used.gateways.map(\.description)
            state.mtu = used.mtu
            state.hasPorts = used.translatesAddresses
            guard let journal, raised != nil else { return state }
            for pod in try bridge(journal).pods() {
                let word =
                    switch pod.state {
                    case .settingUp: "setting up"
                    case .ready: "ready"
                    case .removing: "removing"
                    }
                state.members.append(
                    PodNetworkState.Member(
                        uid: pod.sandbox.string, name: pod.name, state: word,
                        addresses: pod.addresses.addresses.map(\.description), port: pod.addresses.port.string,
                        hostPorts: pod.ports.map { "\($0) to \($0.podPort)" }))
            }
            return state
        } catch { throw PodError(error) }
    }

    private func name(of uid: PodUID) throws(NetworkError) -> String {
        do throws(PodError) {
            guard let record = try PodRegistry(places, isWritable: false).state(of: uid)?.sandbox else { return "" }
            return "\(record.namespace)/\(record.name)"
        } catch { throw NetworkError(.failed, error.message) }
    }

    // MARK: What it works with

    /// nil where no pod was ever run, and nothing is to be written.
    func journal(isWritable: Bool) throws(PodError) -> Journal? {
        try journaling("cannot open the journal") { () throws(JournalError) in
            if try !places.journal.exists() { return nil }
            return try places.journal.open(isWritable: isWritable)
        }
    }

    /// As it was raised, or else as it is configured.
    func bridge(_ journal: Journal) throws(NetworkError) -> PodNetwork {
        let raised = try RaisedNetwork(recordedIn: journal)?.configuration
        return try PodNetwork(raised ?? configuration.bridgeNetwork, journal: journal, runRoot: places.runRoot)
    }

    func ports(_ journal: Journal) -> HostPortClaims { HostPortClaims(journal: journal, runRoot: places.runRoot) }

    func cni(_ journal: Journal) -> CNINetwork {
        CNINetwork(configuration.pluginPlace, journal: journal, runRoot: places.runRoot)
    }
}

/// A network as it is configured and as it is.
public struct PodNetworkState: Hashable, Sendable {
    /// As `--network` takes it.
    public let name: String
    /// `bridge` or `cni`.
    public let kind: String
    /// Of a bridge network `down`, `raising`, `up` or `lowering`; of one of CNI `configured` or `not configured`.
    public let state: String
    public var bridge: String?
    public var subnets: [String] = []
    public var gateways: [String] = []
    public var mtu: UInt32?
    /// Whether ports of the host can lead to its pods.
    public var hasPorts = false
    /// The file of its list.
    public var file: String?
    public var plugins: [String] = []
    public var members: [Member] = []

    public init(name: String, kind: String, state: String) {
        self.name = name
        self.kind = kind
        self.state = state
    }

    /// A pod in it.
    public struct Member: Hashable, Sendable {
        public let uid: String
        /// `NAMESPACE/NAME`; empty where the pod is gone.
        public let name: String
        public let state: String
        public let addresses: [String]
        /// The other end of its cable.
        public var port: String?
        /// As `tcp 8080 to 80`.
        public var hostPorts: [String] = []

        public init(
            uid: String, name: String, state: String, addresses: [String], port: String? = nil, hostPorts: [String] = []
        ) {
            self.uid = uid
            self.name = name
            self.state = state
            self.addresses = addresses
            self.port = port
            self.hostPorts = hostPorts
        }
    }
}
