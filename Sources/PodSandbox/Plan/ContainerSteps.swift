internal import Cgroups
internal import ContainerRuntime
internal import InitProtocol
internal import LinuxKernel
internal import LinuxTypes
internal import OCISpec
internal import SeccompFilter

/// What the engine does to start a container, in the order of `Maker` and of `ContainerInit`, read off the plan that both walk through.
struct ContainerSteps {
    private let plan: ContainerPlan
    private let image: String

    init(_ plan: ContainerPlan, rootOf image: String) {
        self.plan = plan
        self.image = image
    }

    private var process: ProcessPlan { plan.`init`.process }

    /// `parts` are mounted by the worker, behind the root.
    func all(after parts: [PlannedStep]) -> [PlannedStep] {
        var steps = [PlannedStep("mount", plan.birth.rootfs.string, [.text("type", "overlay"), .text("image", image)])]
        steps += parts
        steps += CgroupSteps.unified(plan.birth.cgroup)
        steps += namespaces
        steps += CgroupSteps.legacy(plan.birth.cgroup)
        if let owner = plan.cgroupOwner { steps.append(PlannedStep("own cgroup", "\(owner)")) }
        if let score = plan.oomScoreAdj { steps.append(PlannedStep("OOM score", "\(score)")) }
        if plan.birth.createsCgroupNamespace { steps.append(PlannedStep("unshare", "cgroup")) }
        if plan.`init`.bringsLoopbackUp { steps.append(PlannedStep("set link up", "lo")) }
        if plan.`init`.startsSession { steps.append(PlannedStep("session", "new")) }
        if let keyring = plan.`init`.sessionKeyring { steps.append(PlannedStep("session keyring", keyring)) }
        if let hostname = plan.`init`.hostname { steps.append(PlannedStep("hostname", hostname)) }
        if let domain = plan.`init`.domainname { steps.append(PlannedStep("domain name", domain)) }
        if let root = plan.`init`.root { steps += self.steps(for: root) }
        return steps + programSteps
    }

    // MARK: Namespaces

    private var namespaces: [PlannedStep] {
        let birth = plan.birth
        var steps: [PlannedStep] = []
        if let stage = birth.firstStage {
            steps += birth.joins.map(Self.join)
            steps.append(PlannedStep("clone", stage.created.map(\.procName).joined(by: ",")))
        } else {
            if let path = birth.joinedPIDNamespace { steps.append(PlannedStep("join", "pid", [.text("at", path.string)])) }
            steps.append(PlannedStep("clone", birth.clonedNamespaces.map(\.procName).joined(by: ",")))
        }
        if let maps = birth.userMaps {
            for (file, entries) in [("uid_map", maps.uids), ("gid_map", maps.gids)] {
                steps.append(
                    PlannedStep("id map", file, [.list("lines", entries.map { "\($0.inside) \($0.outside) \($0.count)" })]))
            }
        }
        if birth.firstStage == nil { steps += birth.joins.map(Self.join) }
        return steps
    }

    private static func join(_ join: PlannedJoin) -> PlannedStep {
        PlannedStep("join", join.kind.procName, [.text("at", join.path.string)])
    }

    // MARK: Root

    private func steps(for root: RootPlan) -> [PlannedStep] {
        var steps: [PlannedStep] = []
        if root.change != .chroot {
            steps.append(PlannedStep("propagation", "/", [.list("flags", [root.hostPropagation.word, "recursive"])]))
            steps.append(PlannedStep("bind root", root.path.string, [.list("flags", ["private"])]))
        }
        steps += root.mounts.map(Self.step)
        steps += root.devices.map { device in
            PlannedStep(
                "device", device.path.string,
                [
                    .text("number", "\(device.device.major):\(device.device.minor)"),
                    .text("mode", "0" + String(device.permissions, radix: 8)), .text("owner", "\(device.uid):\(device.gid)"),
                    .text("bind", device.bindsFromHost ? device.path.string : nil),
                ])
        }
        steps += root.links.map { PlannedStep("link", $0.path.string, [.text("to", $0.target)]) }
        if process.terminal != nil { steps.append(PlannedStep("terminal", "/dev/console")) }
        steps += plan.`init`.sysctls.map { PlannedStep("sysctl", "/proc/sys/" + $0.path, [.text("value", $0.value)]) }
        let change =
            switch root.change {
            case .pivot: "pivot_root"
            case .move: "move and chroot"
            case .chroot: "chroot"
            }
        steps.append(PlannedStep("change root", root.path.string, [.text("by", change)]))
        steps += root.maskedPaths.map { PlannedStep("mask", $0.string) }
        steps += root.readonlyPaths.map { PlannedStep("make read-only", $0.string) }
        if root.isReadOnly { steps.append(PlannedStep("make read-only", "/")) }
        if let propagation = root.propagation {
            steps.append(
                PlannedStep(
                    "propagation", "/",
                    [.list("flags", [propagation.word] + (root.propagationIsRecursive ? ["recursive"] : []))]))
        }
        return steps
    }

    private static func step(_ mount: MountPlan) -> PlannedStep {
        var flags = mount.set.words
        flags += mount.setBelow.words.map { "r" + $0 }
        flags += mount.propagation.map { ($0.isRecursive ? "r" : "") + $0.propagation.word }
        switch mount.source {
        case .filesystem(let system):
            return PlannedStep(
                "mount", mount.destination.string,
                [
                    .text("type", system.type), .text("source", system.source), .some("options", system.parameters),
                    .list("flags", flags),
                ])
        case .bind(let bind):
            return PlannedStep(
                "mount", mount.destination.string,
                [.text("bind", bind.path.string), .list("flags", (bind.isRecursive ? ["recursive"] : []) + flags)])
        case .existing: return PlannedStep("change mount", mount.destination.string, [.list("flags", flags)])
        }
    }

    // MARK: Program

    private var programSteps: [PlannedStep] {
        var steps = [
            PlannedStep("working directory", process.workingDirectory.string),
            PlannedStep(
                "user", "\(process.uid):\(process.gid)",
                [
                    .list("groups", process.groups.map { $0.map { "\($0)" } } ?? ["unchanged"]),
                    .text("umask", "0" + String(process.fileCreationMask, radix: 8)),
                ]),
        ]
        steps += process.limits.map {
            PlannedStep("limit", $0.kind.specName, [.text("soft", "\($0.soft)"), .text("hard", "\($0.hard)")])
        }
        if let personality = process.personality { steps.append(PlannedStep("personality", "\(personality)")) }
        let capabilities = Self.step("before execve", process.capabilities)
        // Order: with no_new_privs the filter comes last of all; without, before the capabilities that loading it needs are gone.
        if process.noNewPrivileges {
            steps += [capabilities, PlannedStep("no_new_privs", "set")] + seccomp
        } else {
            steps += seccomp + [capabilities]
        }
        steps.append(
            PlannedStep(
                "execve", process.arguments.first ?? "",
                [
                    .list("arguments", process.arguments), .list("environment", process.environment),
                    .text("HOME", process.setsHome ? "as the container's /etc/passwd says" : nil),
                ]))
        steps.append(
            Self.step(
                "after execve", process.capabilities.afterExecve(uid: process.uid, noNewPrivileges: process.noNewPrivileges)))
        return steps
    }

    private static func step(_ moment: String, _ sets: CapabilitySets) -> PlannedStep {
        func names(_ set: CapabilitySet) -> [String] { set.numbers.map { String(capabilityName($0).dropFirst("CAP_".count)) } }
        return PlannedStep(
            "capabilities", moment,
            [
                .list("bounding", names(sets.bounding)), .list("effective", names(sets.effective)),
                .list("inheritable", names(sets.inheritable)), .list("permitted", names(sets.permitted)),
                .list("ambient", names(sets.ambient)),
            ])
    }

    private var seccomp: [PlannedStep] {
        guard let profile = plan.seccomp, let architecture = SeccompArchitecture.native else { return [] }
        let verdicts = profile.verdicts(on: architecture)
        var details: [PlannedStep.Detail?] = verdicts.counts.map { count in
            let some = count.sometimes > 0 ? ", \(count.sometimes) by their arguments" : ""
            return .text(Self.text(count.action), "\(count.always)\(some)")
        }
        details.append(.text("otherwise", Self.text(verdicts.otherwise)))
        return [PlannedStep("seccomp", architecture.rawValue, details)]
    }

    private static func text(_ action: FilterAction) -> String {
        action.specAction.rawValue + (action.specErrno.map { ":\($0)" } ?? "")
    }
}

extension MountAttributes {
    /// As mount(8) names them.
    var words: [String] {
        let names: [(MountAttributes, String)] = [
            (.readOnly, "ro"), (.noSetuid, "nosuid"), (.noDevices, "nodev"), (.noExecute, "noexec"), (.noAccessTime, "noatime"),
            (.strictAccessTime, "strictatime"), (.noDirectoryAccessTime, "nodiratime"), (.idMapped, "idmap"),
            (.noSymlinkFollow, "nosymfollow"),
        ]
        return names.filter { contains($0.0) }.map(\.1)
    }
}

extension MountPropagation {
    var word: String {
        switch self {
        case .unbindable: "unbindable"
        case .isPrivate: "private"
        case .slave: "slave"
        case .shared: "shared"
        }
    }
}
