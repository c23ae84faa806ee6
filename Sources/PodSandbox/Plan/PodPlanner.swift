internal import ContainerRuntime
internal import Digests
internal import ImageSpec
internal import ImageStore
internal import LinuxKernel
internal import LinuxTypes
internal import OCISpec
public import PodRecords
public import PodSpec

/// Finds out what running a pod would do, by the same functions that a run asks, and changes nothing: of the machine, of the journal or of the images.
public struct PodPlanner {
    private let places: PodPlaces
    private let network: AdmittedNetwork
    private let configuration: MachineConfiguration
    /// ConfigMaps and Secrets of the same files, which a run keeps first.
    private let given: [ConfigDocument]
    private let claims: [VolumeClaim]

    public init(
        _ places: PodPlaces, _ network: AdmittedNetwork, _ configuration: MachineConfiguration, given: [ConfigDocument],
        claims: [VolumeClaim]
    ) {
        self.places = places
        self.network = network
        self.configuration = configuration
        self.given = given
        self.claims = claims
    }

    /// `pod` has no identity but what its manifest gives it. Throws where a run would be refused.
    public func plan(_ pod: Pod, inert: [String], warnings: [String]) throws(PodError) -> PlannedPod {
        let uid = pod.metadata.uid
        var pod = pod
        pod.identify(uid: PlannedPod.placeholder, suffix: PlannedPod.suffix)
        var warnings = warnings
        let signals = try PodAdmission.admit(pod, places) { warnings.append($0) }
        var plan = try PodPlan(pod, removesItself: false, network: network, stopSignals: signals)
        // Which ids are free is known when the pod comes; a plan shows the first, so that its digest stays the same.
        if !pod.spec.hostUsers { plan.firstUser = configuration.podUsers.base }
        let mode = NetworkMode(plan.network) ?? .none
        if mode == .host { pod.useHostNetwork() }
        let store = try imaging("cannot open the images") { () throws(ImageError) in
            try ImageStore.openIfPresent(root: places.root, runRoot: places.namedRunRoot)
        }
        let worker = try PodWorker(planning: pod, plan, places)
        let steps = SandboxSteps(worker: worker, pod: pod, mode: mode, places: places, configuration: configuration)
        let sandbox = try steps.all()
        var containers: [PlannedContainer] = []
        for (ordinal, container) in pod.spec.allContainers.enumerated() {
            guard let store else { break }
            containers.append(
                try self.plan(
                    container, of: pod, isInit: ordinal < pod.spec.initContainers.count, store, worker,
                    hasAddress: mode != .none && mode != .host, &warnings))
        }
        return PlannedPod(
            name: pod.metadata.name, namespace: pod.metadata.namespace, uid: uid.isEmpty ? nil : uid, network: plan.network,
            inert: inert, warnings: warnings, sandbox: sandbox, containers: containers)
    }

    private func plan(
        _ container: PodSpec.Container, of pod: Pod, isInit: Bool, _ store: ImageStore, _ worker: PodWorker, hasAddress: Bool,
        _ warnings: inout [String]
    ) throws(PodError) -> PlannedContainer {
        let id = PodPlan.containerID(worker.uid, container.name, 0)
        let image = try imaging("container '\(container.name)': cannot use the image '\(container.image)'") {
            () throws(ImageError) in try store.usable(container.image)
        }
        let (configuration, user) = try look(into: image, container, pod, store, worker.rootPath(id))
        let environment = try EnvironmentMaker(
            pod: pod, container: container,
            downward: { () throws(PodError) in
                var machine = try worker.machine(for: pod)
                if hasAddress { machine.podAddresses = [SandboxSteps.address] }
                return DownwardAPI(pod: pod, machine: machine)
            },
            document: { kind, name throws(PodError) in try self.document(kind, name, pod, worker) }
        ).environment()
        var facts = try facts(pod, container, id, user, worker)
        // What is secret does not reach a plan.
        facts.environment = environment.shown
        for (ordinal, mount) in container.volumeMounts.enumerated() where mount.part != nil {
            facts.parts[ordinal] = places.sandbox(worker.uid).appending("parts/\(id).\(ordinal)")
        }
        let lowered = try ContainerLowering(pod: pod, container: container, image: configuration, facts: facts).configuration()
        let plan: ContainerPlan
        do throws(RuntimeError) { plan = try Runtime.plan(id, lowered, bundle: places.sandbox(worker.uid)) } catch {
            throw PodError(error)
        }
        warnings += plan.warnings.map { "container '\(container.name)': \($0)" }
        let parts = try partSteps(container, environment, facts)
        return PlannedContainer(
            name: container.name, isInit: isInit, image: container.image, imageDigest: image.record.digest.description,
            steps: ContainerSteps(plan, rootOf: container.image).all(after: parts))
    }

    /// The image's configuration, and who the container's user is in its files.
    private func look(
        into image: StoredImage, _ container: PodSpec.Container, _ pod: Pod, _ store: ImageStore, _ root: HostPath
    ) throws(PodError) -> (ImageConfiguration, User) {
        let act = "container '\(container.name)': cannot look into the image '\(container.image)'"
        let configuration = try imaging(act) { () throws(ImageError) in try store.configuration(of: image.record) }
        let files = try imaging(act) { () throws(ImageError) in try store.look(into: image) }
        return (
            configuration,
            try Identity(pod, container, configuration, root: root).user(in: RootDirectory(owning: files.release()))
        )
    }

    /// What a worker finds out, and claims that are not kept yet.
    private func facts(
        _ pod: Pod, _ container: PodSpec.Container, _ id: String, _ user: User, _ worker: PodWorker
    ) throws(PodError) -> ContainerLowering.Facts {
        var facts = try worker.facts(pod, container, id, user)
        for volume in pod.spec.volumes {
            guard case .claim(let used) = volume.source else { continue }
            let isReadOnly = claims.contains {
                $0.metadata.name == used.claimName && $0.metadata.namespace == pod.metadata.namespace && $0.isReadOnly
            }
            if isReadOnly { facts.readOnlyVolumes.insert(volume.name) }
        }
        return facts
    }

    private func document(
        _ kind: ConfigDocument.Kind, _ name: String, _ pod: Pod, _ worker: PodWorker
    ) throws(PodError) -> ConfigDocument? {
        let beside = given.first {
            $0.kind == kind && $0.metadata.name == name && $0.metadata.namespace == pod.metadata.namespace
        }
        if let beside { return beside }
        return try worker.document(kind, name, for: pod)
    }

    private func partSteps(
        _ container: PodSpec.Container, _ environment: ContainerEnvironment, _ facts: ContainerLowering.Facts
    ) throws(PodError) -> [PlannedStep] {
        var steps: [PlannedStep] = []
        for (ordinal, mount) in container.volumeMounts.enumerated() {
            guard let part = mount.part, let place = facts.parts[ordinal], let volume = facts.volumes[mount.name] else {
                continue
            }
            let path = try PartPath(container.name, mount).text(part, environment)
            steps.append(
                PlannedStep(
                    "mount", place.string, [.text("bind", volume.string), .text("subPath", path), .list("flags", ["recursive"])]))
        }
        return steps
    }
}
