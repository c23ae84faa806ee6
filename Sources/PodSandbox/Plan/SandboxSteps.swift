internal import Cgroups
internal import LinuxKernel
internal import LinuxTypes
internal import OCISpec
internal import PodNetwork
internal import PodRecords
internal import PodSpec

/// What a worker does to make a pod's sandbox, in the order of `PodWorker.makeSandbox`, whose values these are.
struct SandboxSteps {
    let worker: PodWorker
    let pod: Pod
    let mode: NetworkMode
    let places: PodPlaces
    let configuration: MachineConfiguration

    /// What stands for an address that is free when the pod comes.
    static let address = "<pod address>"

    func all() throws(PodError) -> [PlannedStep] {
        var steps = directories()
        steps += CgroupSteps.steps(try worker.cgroupPlan(pod))
        let namespaces = PodWorker.namespaces(of: pod)
        let users = try worker.users()
        if let users {
            let owned = [NamespaceKind.user] + namespaces.dropFirst()
            steps.append(PlannedStep("clone", owned.map(\.procName).joined(by: ",")))
            let line = users.mappings.map { "\($0.containerID) \($0.hostID) \($0.size)" }
            for file in ["uid_map", "gid_map"] { steps.append(PlannedStep("id map", file, [.list("lines", line)])) }
            steps.append(PlannedStep("unshare", NamespaceKind.mount.procName))
        } else {
            steps.append(PlannedStep("unshare", namespaces.map(\.procName).joined(by: ",")))
        }
        steps += mounts()
        for kind in namespaces.dropFirst() + (users == nil ? [] : [.user]) {
            steps.append(
                PlannedStep(
                    "pin", places.sandbox(worker.uid).appending("ns/\(kind.procName)").string,
                    [.text("bind", "/proc/self/ns/\(kind.procName)")]))
        }
        if !pod.spec.hostNetwork {
            steps.append(PlannedStep("hostname", SandboxNames(pod).hostname))
            steps.append(PlannedStep("set link up", "lo"))
        }
        for sysctl in pod.spec.securityContext.sysctls {
            steps.append(PlannedStep("sysctl", "/proc/" + PodWorker.path(of: sysctl), [.text("value", sysctl.value)]))
        }
        for volume in pod.spec.volumes { steps += try self.steps(for: volume) }
        steps += try network()
        steps += try files()
        steps.append(PlannedStep("pin", places.mountNamespace(worker.uid).string, [.text("bind", "/proc/self/ns/mnt")]))
        // By whichever container comes first.
        if pod.spec.shareProcessNamespace {
            steps.append(PlannedStep("start", "process 1 of the pod's PID namespace", [.text("program", "hull-init")]))
        }
        return steps
    }

    private func directories() -> [PlannedStep] {
        [places.volumes(worker.uid), places.sandbox(worker.uid)].map {
            PlannedStep("directory", $0.string, [.text("mode", "0700")])
        }
    }

    private func mounts() -> [PlannedStep] {
        let sandbox = places.sandbox(worker.uid)
        func step(_ memory: PodWorker.Memory, at path: HostPath) -> PlannedStep {
            PlannedStep(
                "mount", path.string,
                [
                    .text("type", "tmpfs"), .list("options", memory.parameters.map { "\($0.name)=\($0.value)" }),
                    .list("flags", memory.attributes.words),
                ])
        }
        let shared =
            pod.spec.hostIPC
            ? PlannedStep("mount", sandbox.appending("shm").string, [.text("bind", "/dev/shm")])
            : step(PodWorker.sharedMemory(of: pod), at: sandbox.appending("shm"))
        return [
            PlannedStep("propagation", "/", [.list("flags", ["slave", "recursive"])]), step(PodWorker.ownFiles, at: sandbox),
            shared,
        ]
    }

    private func steps(for volume: Volume) throws(PodError) -> [PlannedStep] {
        let place = worker.place(of: volume, in: pod).string
        let owner = pod.spec.securityContext.fsGroup.map { "\($0)" }
        let name = PlannedStep.Detail.text("volume", volume.name)
        switch volume.source {
        case .emptyDir(let empty) where empty.medium == .memory:
            var options = ["mode=0777"]
            if let limit = empty.sizeLimit, limit.value > 0 { options.append("size=\(limit.value)") }
            let flags = PlannedStep.Detail.list("flags", ["nosuid", "nodev"])
            return [
                PlannedStep(
                    "mount", place, [name, .text("type", "tmpfs"), .list("options", options), flags, .text("group", owner)])
            ]
        case .emptyDir(let empty):
            if case .hugePages(let size) = empty.medium {
                let options =
                    ["mode=0777"] + (size.map { ["pagesize=\($0)"] } ?? []) + (empty.sizeLimit.map { ["size=\($0.value)"] } ?? [])
                return [
                    PlannedStep(
                        "mount", place, [name, .text("type", "hugetlbfs"), .list("options", options), .text("group", owner)])
                ]
            }
            let limit = empty.sizeLimit.map { "\($0)" }
            return [
                PlannedStep("directory", place, [name, .text("mode", "0777"), .text("quota", limit), .text("group", owner)])
            ]
        case .hostPath(let host):
            return [PlannedStep("look at", place, [name, .text("expect", host.type == .unchecked ? nil : host.type.rawValue)])]
        case .claim(let claim):
            return [
                PlannedStep(
                    "directory", place, [name, .text("mode", "0777, kept"), .text("group", claim.isReadOnly ? nil : owner)])
            ]
        case .image(let image):
            return [
                PlannedStep(
                    "mount", place,
                    [name, .text("type", "overlay"), .text("image", image.reference), .list("flags", ["ro"])])
            ]
        case .projected(let projected):
            let options = ["mode=0755"] + (projected.hasSecrets ? ["noswap"] : [])
            return [
                PlannedStep(
                    "mount", place,
                    [name, .text("type", "tmpfs"), .list("options", options), .list("flags", ["nosuid", "nodev"])]),
                PlannedStep("files", place, [.list("from", projected.sources.map(Self.text)), .text("group", owner)]),
            ]
        }
    }

    private static func text(_ source: VolumeProjection) -> String {
        switch source {
        case .document(let document): "\(document.kind.word)/\(document.name)"
        case .pod(let files): "pod: " + files.map(\.path).joined(by: " ")
        }
    }

    private func network() throws(PodError) -> [PlannedStep] {
        guard !pod.spec.hostNetwork else { return [] }
        switch mode {
        case .none, .host: return []
        case .cni(let name):
            let ports = try PodPorts.hostPorts(of: pod)
            return [
                PlannedStep(
                    "ask plugins", name, [.text("link", "eth0"), .some("hostPorts", ports.map { "\($0) to \($0.podPort)" })])
            ]
        case .bridge:
            let ports = try PodPorts.hostPorts(of: pod)
            let bridge = try PodNetworks(places, configuration).all().first { $0.kind == "bridge" }
            return [
                PlannedStep(
                    "link", "eth0",
                    [
                        .text("bridge", bridge?.bridge), .list("addressesFrom", bridge?.subnets ?? []),
                        .list("routesThrough", bridge?.gateways ?? []), .text("mtu", bridge?.mtu.map { "\($0)" }),
                        .some("hostPorts", ports.map { "\($0) to \($0.podPort)" }),
                    ])
            ]
        }
    }

    private func files() throws(PodError) -> [PlannedStep] {
        let files = SandboxFiles(pod)
        let host = pod.spec.hostNetwork ? try PodWorker.textIfPresent("/etc/hosts") : nil
        let hasAddress = !pod.spec.hostNetwork && mode != .none && mode != .host
        let resolver = try files.resolver(
            host: try PodWorker.textIfPresent("/etc/resolv.conf"),
            upstream: try PodWorker.textIfPresent(SandboxFiles.upstreamResolver))
        let texts = [
            ("etc/hosts", try files.hosts(addresses: hasAddress ? [Self.address] : [], host: host)),
            ("etc/resolv.conf", resolver),
            ("etc/hostname", SandboxNames(pod).hostname + "\n"),
        ]
        return texts.map { name, text in
            PlannedStep(
                "file", places.sandbox(worker.uid).appending(name).string,
                [
                    .text("mode", "0644"),
                    .list("lines", text.utf8.split(separator: UInt8(ascii: "\n")).map { String(Substring($0)) }),
                ])
        }
    }
}
