internal import ImageSpec
internal import ImageStore
public import LinuxTypes
public import PodRecords
public import PodSpec

extension PodPlan {
    /// What a keeper must know of a pod that has its identity. `stopSignals` are those of the images, by container.
    public init(
        _ pod: Pod, removesItself: Bool, network: AdmittedNetwork, stopSignals: [String: Signal]
    ) throws(PodError) {
        guard let uid = PodUID(pod.metadata.uid) else {
            throw PodError(.invalid, "metadata.uid: '\(pod.metadata.uid)' is no uid", hint: "leave it out, and one is drawn")
        }
        if !pod.spec.hostUsers, network.mode == .host {
            throw PodError(
                .invalid, "spec.hostUsers: with users of its own a pod is not in the machine's network",
                hint: "'--network bridge' gives it one of its own")
        }
        let policy = Self.restart(pod.spec.restartPolicy)
        func plan(_ container: PodSpec.Container, isInit: Bool) -> PodPlan.Container {
            PodPlan.Container(
                name: container.name, isInit: isInit,
                // An init container that succeeded is done, whatever the policy.
                restart: isInit && policy == .always ? .onFailure : policy, stopSignal: stopSignals[container.name] ?? .terminate,
                hasTerminal: container.tty, hasInput: container.stdin, endsInputOnce: container.stdinOnce)
        }
        self.init(
            uid: uid, gracePeriod: UInt32(clamping: pod.spec.terminationGracePeriodSeconds), removesItself: removesItself,
            network: pod.spec.hostNetwork ? NetworkMode.host.text : network.mode.text,
            networkSettings: pod.spec.hostNetwork ? "" : network.settings,
            containers: pod.spec.initContainers.map { plan($0, isInit: true) }
                + pod.spec.containers.map { plan($0, isInit: false) })
        defaultContainer = pod.defaultContainer
    }

    private static func restart(_ policy: RestartPolicy) -> Restart {
        switch policy {
        case .always: .always
        case .onFailure: .onFailure
        case .never: .never
        }
    }
}

extension Pod {
    /// The container that its annotation for kubectl names, where it is one of those that run together.
    public var defaultContainer: String? {
        let name = metadata.annotations["kubectl.kubernetes.io/default-container"]
        return spec.containers.first { $0.name == name }?.name
    }
}
