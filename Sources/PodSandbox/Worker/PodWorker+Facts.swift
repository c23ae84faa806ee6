internal import Cgroups
internal import ContainerRuntime
internal import ImageSpec
internal import ImageStore
internal import LinuxKernel
internal import LinuxTypes
internal import OCISpec
internal import PodRecords
internal import PodSpec
internal import StrictTree

extension PodWorker {
    func facts(_ pod: Pod, _ container: Container, _ id: String, _ user: User) throws(PodError) -> ContainerLowering.Facts {
        let caller: CallerFacts
        do throws(RuntimeError) { caller = try CallerFacts.ofCaller() } catch { throw PodError(error) }
        var volumes: [String: HostPath] = [:]
        for volume in pod.spec.volumes { volumes[volume.name] = place(of: volume, in: pod) }
        var facts = ContainerLowering.Facts(
            sandbox: places.sandbox(uid), volumes: volumes, rootfs: rootPath(id),
            cgroupsPath: PodPlaces.cgroup(of: uid) + "/\(id)",
            user: user,
            terminationMessage: places.sandbox(uid).appending("messages/\(id)"),
            availableCapabilities: caller.availableCapabilities.numbers.map(capabilityName),
            // Raising the score to the highest needs no right: then nothing has to be found out.
            lowestOOMScore: pod.spec.qosClass == .bestEffort ? 1000 : try Self.lowestOOMScore(),
            machineMemory: pod.spec.qosClass == .burstable ? try Self.machineMemory() : 0)
        facts.readOnlyVolumes = Set(pod.spec.volumes.filter(\.source.isReadOnly).map(\.name))
        for case .claim(let claim) in pod.spec.volumes.map(\.source) where try isReadOnly(claim, pod.metadata.namespace) {
            for volume in pod.spec.volumes where volume.source == .claim(claim) { facts.readOnlyVolumes.insert(volume.name) }
        }
        facts.sharedProcess = try reaper(pod)
        facts.users = try users()
        try addMemoryFacts(pod, container, to: &facts)
        facts.mappedVolumes = Set(pod.spec.volumes.filter { if case .image = $0.source { true } else { false } }.map(\.name))
        facts.hasDefaultProfile = try SecurityLabels.isDefaultProfileLoaded()
        if container.securityContext.privileged { facts.devices = try HostDevices.all() }
        if case .localhost(let path)? = container.securityContext.seccompProfile ?? pod.spec.securityContext.seccompProfile {
            facts.localProfile = try localProfile(path)
        }
        return facts
    }

    /// Looked at only for who asks about it.
    private func addMemoryFacts(
        _ pod: Pod, _ container: Container, to facts: inout ContainerLowering.Facts
    ) throws(PodError) {
        guard let endsTogether = pod.spec.tuning.of(container.name).endsTogether else { return }
        facts.countsMemoryOnV2 = try cgroupPlan().chargesMemoryAtBirth
        guard endsTogether, !facts.countsMemoryOnV2 else { return }
        throw PodError(
            .invalid,
            "container '\(container.name)': hull.dev/oom-group: memory is counted by cgroup v1 here, which kills single processes",
            hint: "take the annotation off")
    }

    /// Lowering the score needs a capability of the machine's own user namespace, raising it none: it is tried, and taken back.
    private static func lowestOOMScore() throws(PodError) -> Int32 {
        try during("cannot read the own OOM score") { () throws(KernelError) in
            let text = try readText("/proc/self/oom_score_adj", limit: 64)
            let own = Int32(text.split(separator: "\n").first ?? "") ?? 0
            let lowest: Int32 = -1000
            let processes = try ProcFS()
            let file = try processes.selfPID() + "/oom_score_adj"
            do throws(KernelError) { try processes.write("\(lowest)", to: file) } catch let error where error.errno == .EACCES {
                return own
            }
            try processes.write("\(own)", to: file)
            return lowest
        }
    }

    /// Bytes.
    static func machineMemory() throws(PodError) -> UInt64 {
        try during("cannot read the size of the memory") { () throws(KernelError) in
            for line in try readText("/proc/meminfo", limit: 16 << 10).split(separator: "\n") where line.hasPrefix("MemTotal:") {
                return line.split(separator: " ").dropFirst().first.flatMap { UInt64($0) }.map { $0 << 10 } ?? 0
            }
            return 0
        }
    }

    /// A profile of the machine's administrator, below `ROOT/seccomp`.
    private func localProfile(_ path: String) throws(PodError) -> Seccomp {
        let file = places.root.appending("seccomp/\(path)").string
        let bytes = try during("cannot read the seccomp profile '\(path)'") { () throws(KernelError) in try readFile(file) }
        do throws(TreeError) {
            return try Decoded(Seccomp.self, from: Document(json: bytes).root).value
        } catch { throw PodError(error, "the seccomp profile '\(file)'") }
    }
}

/// Who a container's program runs as: the manifest's word, the pod's, the image's; names are looked up in the image's own files.
struct Identity {
    let pod: Pod
    let container: Container
    let image: ImageConfiguration
    let root: HostPath

    init(_ pod: Pod, _ container: Container, _ image: ImageConfiguration, root: HostPath) {
        self.pod = pod
        self.container = container
        self.image = image
        self.root = root
    }

    func user() throws(PodError) -> User {
        let directory = try during("cannot open the container's root") { () throws(KernelError) in
            RootDirectory(owning: try FileDescriptor.workingDirectory.open(root.string, [.readOnly, .directory, .noFollow]))
        }
        return try user(in: directory)
    }

    /// By the files of a directory that shows what the container's root will.
    func user(in directory: borrowing RootDirectory) throws(PodError) -> User {
        let (own, shared) = (container.securityContext, pod.spec.securityContext)
        let uid = own.runAsUser ?? shared.runAsUser
        var user = try imaging("container '\(container.name)'") { () throws(ImageError) in
            try ImageStore.user(uid.map(String.init) ?? image.execution.user, in: directory, namesNumbers: true)
        }
        if shared.hasStrictGroups { user.additionalGids = [] }
        if let gid = own.runAsGroup ?? shared.runAsGroup { user.gid = gid }
        for group in shared.supplementalGroups + (shared.fsGroup.map { [$0] } ?? []) where !user.additionalGids.contains(group) {
            user.additionalGids.append(group)
        }
        if own.runAsNonRoot ?? shared.runAsNonRoot ?? false, user.uid == 0 {
            let whose = uid == nil ? "the image's user '\(image.execution.user)'" : "runAsUser"
            throw PodError(
                .invalid, "container '\(container.name)': runAsNonRoot is set, and \(whose) is root",
                hint: "set runAsUser to another user's number", fault: .runsAsRoot)
        }
        return user
    }
}

/// The machine's devices, as a privileged container has them.
enum HostDevices {
    static func all() throws(PodError) -> [Device] {
        var devices: [Device] = []
        try during("cannot list the machine's devices") { () throws(KernelError) in
            let top = try FileDescriptor.workingDirectory.open("/dev", [.readOnly, .directory])
            try collect(top.descriptor, "/dev", depth: 0, into: &devices)
        }
        return devices
    }

    /// Below these the container has its own.
    private static let own: Set<String> = ["/dev/pts", "/dev/shm", "/dev/mqueue", "/dev/console", "/dev/ptmx", "/dev/fd"]

    private static func collect(
        _ directory: FileDescriptor, _ path: String, depth: Int, into devices: inout [Device]
    ) throws(KernelError) {
        guard depth < 8 else { return }
        for name in try directory.directoryEntries().sorted() {
            let full = "\(path)/\(name)"
            guard !own.contains(full) else { continue }
            let status: FileStatus
            do throws(KernelError) { status = try directory.status(of: name) } catch let error where error.errno == .ENOENT {
                continue
            }
            switch status.type {
            case .directory:
                let below = try directory.open(name, [.readOnly, .directory, .noFollow])
                try collect(below.descriptor, full, depth: depth + 1, into: &devices)
            case .characterDevice, .blockDevice:
                devices.append(
                    Device(
                        type: status.type == .blockDevice ? .block : .character, path: full, major: status.deviceNumber.major,
                        minor: status.deviceNumber.minor, fileMode: status.permissions, uid: status.uid, gid: status.gid))
            default: continue
            }
        }
    }
}
