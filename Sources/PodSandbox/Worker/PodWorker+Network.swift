internal import Journal
internal import LinuxKernel
internal import LinuxTypes
internal import Netlink
internal import PodNetwork
internal import PodRecords
internal import PodSpec
internal import StrictTree

extension PodWorker {
    /// Connects the pod's network namespace, in which this process is, to the network it is to have. Returns its addresses. Afterwards the process is in the host's.
    func connect(_ pod: Pod) throws(PodError) -> [String] {
        guard !pod.spec.hostNetwork else {
            try claimPorts(of: pod)
            return []
        }
        let mode = try networkMode()
        try during("cannot go back to the host's network") { () throws(KernelError) in
            try hostNetwork.descriptor.enterNamespace(.network, subject: "the host's")
        }
        switch mode {
        case .none, .host: return []
        case .bridge: return try connectToBridge(pod)
        case .cni(let name): return try connectToCNI(pod, name)
        }
    }

    /// In networks other than the bridge, which claims ports with the rest.
    private func claimPorts(of pod: Pod) throws(PodError) {
        let ports = try PodPorts.hostPorts(of: pod)
        if ports.isEmpty { return }
        let claims = try portClaims()
        do throws(NetworkError) { try claims.claim(ports, for: uid, name: Self.name(of: pod)) } catch { throw PodError(error) }
    }

    private func portClaims() throws(PodError) -> HostPortClaims {
        let journal: Journal = try journaling("cannot open the journal") { () throws(JournalError) in try self.journal() }
        return HostPortClaims(journal: journal, runRoot: places.runRoot)
    }

    private static func name(of pod: Pod) -> String { "\(pod.metadata.namespace)/\(pod.metadata.name)" }

    private func connectToBridge(_ pod: Pod) throws(PodError) -> [String] {
        let path = namespacePath.string
        let namespace = try during("cannot open the pod's network namespace") { () throws(KernelError) in
            try NamespaceHandle(path: path, kind: .network)
        }
        let network = try bridge()
        let ports = try PodPorts.hostPorts(of: pod)
        do throws(NetworkError) {
            let result = try network.setUp(uid, name: Self.name(of: pod), namespace: namespace, ports: ports)
            return result.addresses.map(\.description)
        } catch { throw PodError(error) }
    }

    /// Plugins run here, in the pod's mount namespace, which has the host's files and the pin of the pod's network namespace besides.
    private func connectToCNI(_ pod: Pod, _ name: String) throws(PodError) -> [String] {
        let configuration = try networkConfiguration()
        guard let interface = InterfaceName("eth0") else { throw PodError(.failed, "no interface name") }
        var capabilities = CNICapabilities()
        capabilities.portMappings = try PodPorts.hostPorts(of: pod)
        let words = [
            ("IgnoreUnknown", "1"), ("K8S_POD_NAMESPACE", pod.metadata.namespace), ("K8S_POD_NAME", pod.metadata.name),
            ("K8S_POD_INFRA_CONTAINER_ID", uid.string), ("K8S_POD_UID", uid.string),
        ]
        let attachment = CNIAttachment(
            sandbox: uid, namespace: namespacePath, interface: interface,
            arguments: words.compactMap { CNIAttachment.Argument($0, $1) })
        let network = try cni(configuration)
        let list: CNINetworkList
        do throws(NetworkError) {
            list = try configuration.cniList(named: name)
            guard capabilities.portMappings.isEmpty || list.mapsPorts else {
                throw NetworkError(.refused, "the network 'cni:\(name)' has no ports of the host any more")
            }
        } catch { throw PodError(error) }
        // Order: before ADD, which gives the ports to the pod.
        try claimPorts(of: pod)
        do throws(NetworkError) {
            return try network.add(attachment, to: list, capabilities).addresses.map(\.description)
        } catch {
            // Where a failed DEL has left a record, the plugins may lead the ports to the pod yet.
            if try !hasRecords(below: Key("/cni/\(uid)/")) { try releasePorts() }
            throw PodError(error)
        }
    }

    /// Takes back what the pod has of its network; nothing where it has nothing. Of the bridge network only the quick half, after which the pod is cut off:
    /// `settleNetwork` does the rest.
    func disconnect() throws(PodError) {
        if try hasRecords(below: "/network/") {
            let network = try bridge()
            do throws(NetworkError) { try network.retire(uid) } catch { throw PodError(error) }
        }
        if try hasRecords(below: Key("/cni/\(uid)/")) {
            let network = try cni(try networkConfiguration())
            // Where the pin of the network namespace is, as long as there is one.
            _ = try enter()
            do throws(NetworkError) { try network.delete(uid) } catch {
                try leave()
                throw PodError(error)
            }
            try leave()
        }
        // Order: last, when nothing leads to the pod any more.
        try releasePorts()
    }

    private func releasePorts() throws(PodError) {
        guard try hasRecords(below: Key("/hostport-holders/\(uid)")) else { return }
        let claims = try portClaims()
        do throws(NetworkError) { try claims.release(uid) } catch { throw PodError(error) }
    }

    /// What the removal of pods from the bridge network has left, of this pod and of others whose workers were killed: when everybody has their answers, so
    /// that nobody waits for the kernel. What fails stays for the next worker, and for `hull network check`.
    func settleNetwork() throws(PodError) {
        guard try hasRecords(below: "/network/") else { return }
        let network = try bridge()
        do throws(NetworkError) { try network.reap() } catch { throw PodError(error) }
    }

    private var namespacePath: HostPath { places.sandbox(uid).appending("ns/net") }

    /// As it was configured when the pod was made.
    private func networkConfiguration() throws(PodError) -> MachineConfiguration {
        guard let settings = try planIfPresent()?.networkSettings, !settings.isEmpty else { return try .standard() }
        do throws(TreeError) { return try MachineConfiguration(json: Array(settings.utf8)) } catch {
            throw PodError(error, "the network settings of pod \(uid)")
        }
    }

    private func bridge() throws(PodError) -> PodNetwork {
        let journal: Journal = try journaling("cannot open the journal") { () throws(JournalError) in try self.journal() }
        let configuration = try networkConfiguration().bridgeNetwork
        do throws(NetworkError) {
            return try PodNetwork(configuration, journal: journal, runRoot: places.runRoot)
        } catch { throw PodError(error) }
    }

    private func cni(_ configuration: MachineConfiguration) throws(PodError) -> CNINetwork {
        let journal: Journal = try journaling("cannot open the journal") { () throws(JournalError) in try self.journal() }
        return CNINetwork(configuration.pluginPlace, journal: journal, runRoot: places.runRoot)
    }

    /// Whether anything is recorded there: else nothing of netlink is asked, and no plugin.
    private func hasRecords(below prefix: Key) throws(PodError) -> Bool {
        try journaling("cannot look for the pod's addresses") { () throws(JournalError) in
            try journal().range(RangeRequest(.prefix(prefix), countOnly: true)).count > 0
        }
    }
}
