internal import Cgroups
internal import Journal
internal import LinuxKernel
internal import LinuxTypes
internal import OCISpec
public import PodRecords
public import PodSpec
internal import StrictTree

/// Changes what a pod or one of its containers is promised and may use, while it runs: recorded first, so that later attempts have it too, then told the
/// kernel, and taken back where the kernel refuses.
public struct PodResize {
    private let places: PodPlaces
    private let state: PodState
    private let journal: Journal

    public init(_ state: PodState, _ places: PodPlaces) throws(PodError) {
        guard let journal = try places.openJournal(isWritable: true) else {
            throw PodError(.failed, "there is no journal", hint: "'hull run' records the first pod; --root names another place")
        }
        self.places = places
        self.state = state
        self.journal = journal
    }

    /// Before and after.
    public typealias Outcome = (before: ResourceRequirements, after: ResourceRequirements)

    /// What the pod has now, with all that was changed before.
    public func pod() throws(PodError) -> Pod { try read().pod }

    /// Changes a container's, or for nil the whole pod's.
    public func change(_ name: String?, _ wish: ResourceWish) throws(PodError) -> Outcome {
        // Who records first must be who is told first.
        try PlaceLock.hold(places.runRoot.appending("resize.lock")) { () throws(PodError) in
            let (old, changes, bytes) = try read()
            let before = try Self.resources(of: name, in: old)
            let after = wish.change(before)
            var pod = old
            var changed = changes
            if let name { changed.containers[name] = after } else { changed.pod = after }
            pod.change(changed)
            try check(name, after, in: pod)
            try record(changed.json)
            do throws(PodError) {
                try tell(name, old, pod)
            } catch {
                try record(bytes)
                throw error
            }
            return (before, after)
        }
    }

    private func read() throws(PodError) -> (pod: Pod, changes: ResourceChanges, bytes: [UInt8]?) {
        let uid = state.sandbox.uid
        let (manifest, bytes) = try journaling("cannot read the pod") { () throws(JournalError) in
            (try journal.value(of: PodKeys.manifest(uid))?.value, try journal.value(of: PodKeys.resourceChanges(uid))?.value)
        }
        guard let manifest else { throw PodError(.missing, "the journal has no manifest of pod \(uid)") }
        let (pod, changes) = try Pod.resized(manifest, bytes, uid)
        return (pod, changes, bytes)
    }

    private static func resources(of name: String?, in pod: Pod) throws(PodError) -> ResourceRequirements {
        guard let name else { return pod.spec.resources ?? ResourceRequirements() }
        guard let container = pod.spec.allContainers.first(where: { $0.name == name }) else {
            throw PodError(.missing, "the pod has no container '\(name)'", hint: "'hull tree' lists its containers")
        }
        return container.resources
    }

    // MARK: What is possible

    private func check(_ name: String?, _ after: ResourceRequirements, in pod: Pod) throws(PodError) {
        let amounts: [(String, KeyPath<ResourceList, Quantity?>)] = [("cpu", \.cpu), ("memory", \.memory)]
        for (resource, amount) in amounts {
            if let request = after.requests[keyPath: amount], let limit = after.limits[keyPath: amount], limit.nano > 0,
                request > limit
            {
                throw PodError(
                    .invalid, "the request of \(resource), \(request), is above the limit, \(limit)",
                    hint: "--requests \(resource)=\(limit) changes it as well")
            }
            guard let whole = pod.spec.resources else { continue }
            if let most = whole.limits[keyPath: amount], most.nano > 0 {
                for container in pod.spec.allContainers {
                    guard let limit = container.resources.limits[keyPath: amount], limit > most else { continue }
                    throw PodError(
                        .invalid,
                        "the limit of \(resource) of container '\(container.name)', \(limit), is above the pod's, \(most)")
                }
            }
            let sum = pod.spec.containers.compactMap { $0.resources.requests[keyPath: amount]?.nano }.reduce(0, +)
            if let request = whole.requests[keyPath: amount], sum > request.nano {
                throw PodError(
                    .invalid,
                    "the containers' requests of \(resource) are \(Quantity(nano: sum, format: request.format)) together, more than the pod's, \(request)"
                )
            }
        }
    }

    private func record(_ bytes: [UInt8]?) throws(PodError) {
        let uid = state.sandbox.uid
        let key = PodKeys.resourceChanges(uid)
        let isThere = try journaling("cannot record the pod's resources") { () throws(JournalError) in
            let operation: Operation = bytes.map { .put(key, value: $0) } ?? .delete(.key(key))
            // A pod that is removed in this moment leaves nothing behind.
            let isThere = Comparison(.key(PodKeys.manifest(uid)), .createRevision(0), is: .greater)
            return try journal.commit(Transaction(if: [isThere], then: [operation]), .durable).succeeded
        }
        if !isThere { throw PodError(.missing, "the pod was removed in this moment", hint: "'hull history' says by whom") }
    }

    // MARK: The kernel

    /// The container's cgroup, and the pod's, whose weight is that of all.
    private func tell(_ name: String?, _ old: Pod, _ pod: Pod) throws(PodError) {
        guard state.sandbox.phase == .ready, !state.isLost else { return }
        let uid = state.sandbox.uid
        let path = PodPlaces.cgroup(of: uid)
        try tell(path, PodCgroup.resources(of: pod))
        guard let name, let status = state.status(of: name), status.state == .running,
            let container = pod.spec.allContainers.first(where: { $0.name == name })
        else { return }
        do throws(PodError) {
            let id = PodPlan.containerID(uid, name, status.attempt)
            try tell(path + "/" + id, ContainerLowering.limits(of: container, in: pod))
        } catch {
            try tell(path, PodCgroup.resources(of: old))
            throw error
        }
    }

    private func tell(_ path: String, _ resources: Resources) throws(PodError) {
        var resources = resources
        resources.clearWhatIsNotLimited()
        let wanted = resources
        do throws(CgroupError) {
            let plan = try Plan(layout: .ofHost(), cgroupsPath: path, id: "pod", resources: wanted)
            try Cgroup(reopening: plan.present()).change(to: plan)
        } catch {
            var hint: String?
            if case .setting(let file, _, _, let cause) = error, cause.errno == .EBUSY, file.contains("/memory.") {
                hint = "more memory is in use than that, and it cannot be reclaimed"
            }
            throw PodError(.failed, "\(error)", hint: hint)
        }
    }
}

/// What the cgroup of a whole pod is told.
enum PodCgroup {
    /// Its weight among other pods, and the limits of the whole pod.
    static func resources(of pod: Pod) -> Resources {
        var asked = pod.spec.resources ?? ResourceRequirements()
        let promised = pod.spec.promised
        (asked.requests.cpu, asked.requests.memory) = (promised.cpu, promised.memory)
        return ContainerLowering.limits(asked)
    }
}

extension Resources {
    /// Says of what has no limit that it has none, for a cgroup that had one.
    fileprivate mutating func clearWhatIsNotLimited() {
        if cpu?.quota == nil {
            cpu?.period = 100_000
            cpu?.quota = -1
        }
        if memory == nil {
            var unlimited = Memory()
            (unlimited.limit, unlimited.swap) = (-1, -1)
            memory = unlimited
        }
        hugepageLimits = []
        pids = nil
    }
}

extension Pod {
    /// A pod of its manifest, with what was changed of its resources since: both as the journal has them.
    static func resized(
        _ manifest: [UInt8], _ recorded: [UInt8]?, _ uid: PodUID
    ) throws(PodError) -> (pod: Pod, changes: ResourceChanges) {
        var pod: Pod
        do throws(ManifestError) { pod = try Pod(json: manifest) } catch {
            throw PodError(.failed, "the manifest of pod \(uid) cannot be read: \(error)")
        }
        let changes = try ResourceChanges(recorded, uid)
        pod.change(changes)
        return (pod, changes)
    }
}

extension ResourceChanges {
    /// As the journal has them; none where it has nothing.
    init(_ recorded: [UInt8]?, _ uid: PodUID) throws(PodError) {
        self.init()
        guard let recorded else { return }
        do throws(TreeError) { self = try ResourceChanges(json: recorded) } catch {
            throw PodError(error, "the resources of pod \(uid)")
        }
    }
}
