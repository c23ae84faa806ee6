internal import Journal
internal import LinuxKernel
internal import LinuxTypes
internal import PodNetwork
internal import PodRecords

/// A difference between the journal, the kernel and what plugins say.
public struct PodNetworkFinding: Hashable, Sendable {
    /// One line.
    public let text: String
    /// Whether `fix` can do something about it.
    public let isMendable: Bool

    public init(text: String, isMendable: Bool) {
        self.text = text
        self.isMendable = isMendable
    }
}

extension PodNetworks {
    /// Compares what is recorded with what there is, both ways. Empty where they agree.
    public func check() throws(PodError) -> [PodNetworkFinding] {
        guard let journal = try journal(isWritable: true) else { return [] }
        try makeRunRoot()
        do throws(NetworkError) {
            let strays = try strays(journal)
            var found = strays.map { PodNetworkFinding(text: $0.text, isMendable: true) }
            found += try bridge(journal).check().filter { finding in !strays.contains { $0.covers(finding) } }
                .map { PodNetworkFinding(text: $0.text, isMendable: $0.remedy != .none) }
            found += try missing(journal)
            return found + (try checkAttachments(journal, beside: strays)) + (try checkReadiness(journal))
        } catch { throw PodError(error) }
    }

    /// Does what can be done about what `check` finds, and returns what is left. What could not be mended is said in place of what it was about.
    public func fix() throws(PodError) -> [PodNetworkFinding] {
        guard let journal = try journal(isWritable: true) else { return [] }
        try makeRunRoot()
        do throws(NetworkError) {
            var failures: [PodNetworkFinding] = []
            for stray in try strays(journal) {
                // Asked again under the lock: it may have been started meanwhile.
                let isGone = { () throws(NetworkError) in try whyNot(stray.sandbox) != nil }
                do throws(NetworkError) {
                    switch stray.place {
                    case .bridge: try bridge(journal).tearDown(stray.sandbox, if: isGone)
                    case .ports: try ports(journal).release(stray.sandbox, if: isGone)
                    case .cni:
                        try inMounts(of: stray.sandbox) { () throws(NetworkError) in
                            try cni(journal).delete(stray.sandbox, if: isGone)
                        }
                    }
                } catch {
                    failures.append(PodNetworkFinding(text: "\(stray.text): \(error)", isMendable: true))
                }
            }
            failures += try collectGarbage(journal)
            let left = try bridge(journal).fix().map { PodNetworkFinding(text: $0.text, isMendable: $0.remedy != .none) }
            return failures + left + (try missing(journal)) + (try checkAttachments(journal, beside: strays(journal)))
        } catch { throw PodError(error) }
    }

    /// What removals of pods have left whose workers were killed.
    func settle() throws(PodError) {
        guard let journal = try journal(isWritable: true) else { return }
        try makeRunRoot()
        do throws(NetworkError) {
            guard try RaisedNetwork(recordedIn: journal) != nil else { return }
            try bridge(journal).reap()
        } catch { throw PodError(error) }
    }

    /// Something of a network that belongs to a pod which cannot have it.
    private struct Stray {
        enum Place { case bridge, cni, ports }

        let place: Place
        let sandbox: PodUID
        let text: String

        func covers(_ finding: NetworkFinding) -> Bool { place == .bridge && finding.remedy == .remove(sandbox) }
    }

    /// What pods have that are gone or stopped. What is about to be made or taken away is its keeper's.
    private func strays(_ journal: Journal) throws(NetworkError) -> [Stray] {
        var found: [Stray] = []
        // Of those that are cut off already, the network itself says what is to be done.
        for pod in try bridge(journal).pods() where pod.state != .removing {
            guard let why = try whyNot(pod.sandbox) else { continue }
            found.append(
                Stray(
                    place: .bridge, sandbox: pod.sandbox,
                    text: "pod '\(pod.name)' (\(pod.sandbox)) has addresses of the bridge network, but \(why)"))
        }
        for attachment in try cni(journal).attachments() {
            guard let why = try whyNot(attachment.sandbox) else { continue }
            found.append(
                Stray(
                    place: .cni, sandbox: attachment.sandbox,
                    text: "pod \(attachment.sandbox) is on the network 'cni:\(attachment.network)', but \(why)"))
        }
        for holder in try ports(journal).holders() {
            guard let why = try whyNot(holder.sandbox) else { continue }
            found.append(
                Stray(
                    place: .ports, sandbox: holder.sandbox,
                    text: "pod '\(holder.name)' (\(holder.sandbox)) holds ports of the host, but \(why)"))
        }
        return found
    }

    /// Pods that run, of whose network nothing is recorded: nobody would take it back, and their addresses and ports may be another's.
    private func missing(_ journal: Journal) throws(NetworkError) -> [PodNetworkFinding] {
        var found: [PodNetworkFinding] = []
        let pods = try runningPods()
        if pods.isEmpty { return [] }
        // Order: after the pods, each of which is recorded here before it runs.
        let bridged = Set(try bridge(journal).pods().map(\.sandbox))
        let attachments = try cni(journal).attachments()
        for pod in pods {
            let isThere =
                switch NetworkMode(pod.network) {
                case .bridge: bridged.contains(pod.uid)
                case .cni(let name): attachments.contains { $0.sandbox == pod.uid && $0.network == name }
                case .host, nil, .some(.none): true
                }
            // Who was stopped meanwhile has given it back.
            guard !isThere, try runs(pod.uid) else { continue }
            found.append(
                PodNetworkFinding(
                    text: "pod '\(pod.fullName)' (\(pod.uid)) runs on the network '\(pod.network)', of which nothing is recorded",
                    isMendable: false))
        }
        return found
    }

    private func runningPods() throws(NetworkError) -> [SandboxRecord] {
        do throws(PodError) {
            return try PodRegistry(places, isWritable: false).lines().filter(Self.runs).map(\.sandbox)
        } catch { throw NetworkError(.failed, error.message) }
    }

    private func runs(_ uid: PodUID) throws(NetworkError) -> Bool {
        do throws(PodError) {
            return try PodRegistry(places, isWritable: false).state(of: uid).map { Self.runs($0.line) } ?? false
        } catch { throw NetworkError(.failed, error.message) }
    }

    private static func runs(_ line: PodLine) -> Bool { line.sandbox.phase == .ready && !line.isLost }

    /// Why a pod cannot have a network; nil where it can.
    private func whyNot(_ uid: PodUID) throws(NetworkError) -> String? {
        do throws(PodError) {
            guard let state = try PodRegistry(places, isWritable: false).state(of: uid) else { return "there is no such pod" }
            if state.isLost { return "the machine was restarted since" }
            return state.sandbox.phase == .stopped ? "it is stopped" : nil
        } catch { throw NetworkError(.failed, error.message) }
    }

    /// What plugins say of pods that run.
    private func checkAttachments(_ journal: Journal, beside strays: [Stray]) throws(NetworkError) -> [PodNetworkFinding] {
        let network = cni(journal)
        var found: [PodNetworkFinding] = []
        for attachment in try network.attachments()
        where attachment.isComplete && !strays.contains(where: { $0.place == .cni && $0.sandbox == attachment.sandbox }) {
            do throws(NetworkError) {
                try inMounts(of: attachment.sandbox) { () throws(NetworkError) in
                    try network.check(attachment.sandbox, network: attachment.network)
                }
            } catch {
                found.append(
                    PodNetworkFinding(
                        text: "pod \(attachment.sandbox) on the network 'cni:\(attachment.network)': \(error)", isMendable: false)
                )
            }
        }
        return found
    }

    /// What plugins say of networks on which pods are or were: STATUS of CNI 1.1.
    private func checkReadiness(_ journal: Journal) throws(NetworkError) -> [PodNetworkFinding] {
        let network = cni(journal)
        var found: [PodNetworkFinding] = []
        for list in try usedLists(network) {
            do throws(NetworkError) { try network.status(list) } catch {
                found.append(PodNetworkFinding(text: "the network 'cni:\(list.name)': \(error)", isMendable: false))
            }
        }
        return found
    }

    /// Tells the plugins of CNI 1.1 who is left, so that they give back what they keep for others.
    private func collectGarbage(_ journal: Journal) throws(NetworkError) -> [PodNetworkFinding] {
        let network = cni(journal)
        var found: [PodNetworkFinding] = []
        for list in try usedLists(network) {
            do throws(NetworkError) {
                try network.collectGarbage(list) { uid throws(NetworkError) in try whyNot(uid) == nil }
            } catch {
                found.append(PodNetworkFinding(text: "the network 'cni:\(list.name)': \(error)", isMendable: false))
            }
        }
        return found
    }

    /// The lists of networks on which pods are, or were, as they are configured now.
    private func usedLists(_ network: CNINetwork) throws(NetworkError) -> [CNINetworkList] {
        let used = try network.networksOfPods()
        guard !used.isEmpty, let directory = configuration.cni.lists else { return [] }
        var found: [CNINetworkList] = []
        for entry in try CNIDirectory(directory).entries() {
            guard case .success(let list) = entry.list, used.contains(list.name), !found.contains(where: { $0.name == list.name })
            else { continue }
            found.append(list)
        }
        return found
    }

    /// Runs `body` in the pod's mount namespace, where the pin of its network namespace is; in the host's where it has none.
    private func inMounts(
        of uid: PodUID, _ body: () throws(NetworkError) -> Void
    ) throws(NetworkError) {
        let hosts: OwnedDescriptor
        do throws(KernelError) { hosts = try FileDescriptor.workingDirectory.open("/proc/self/ns/mnt", .readOnly) } catch {
            throw NetworkError(.failed, "cannot open the own mount namespace: \(error)")
        }
        guard try enterMounts(of: uid) else { return try body() }
        var failure: NetworkError?
        do throws(NetworkError) { try body() } catch { failure = error }
        do throws(KernelError) { try hosts.descriptor.enterNamespace(.mount, subject: "the host's") } catch {
            throw NetworkError(.failed, "cannot leave the pod's mount namespace: \(error)")
        }
        if let failure { throw failure }
    }

    /// false where the pod has none.
    private func enterMounts(of uid: PodUID) throws(NetworkError) -> Bool {
        do throws(KernelError) {
            let pin = try NamespaceHandle(path: places.mountNamespace(uid).string, kind: .mount)
            try pin.descriptor.enterNamespace(.mount, subject: "the pod's")
            return true
        } catch {
            // ENOTTY: the place of the pin, without it.
            if error.errno == .ENOENT || error.errno == .ENOTTY { return false }
            throw NetworkError(.failed, "cannot enter the pod's mount namespace: \(error)")
        }
    }

    /// Where the locks lie.
    private func makeRunRoot() throws(PodError) {
        try during("cannot make the run root") { () throws(KernelError) in
            try makeDirectories(places.runRoot.string, permissions: 0o700)
        }
    }
}
