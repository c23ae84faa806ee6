internal import ImageSpec
internal import LinuxTypes
internal import OCISpec
internal import PodSpec

extension ContainerLowering {
    func process() throws(PodError) -> OCISpec.Process {
        let own = facts.environment
        var process = OCISpec.Process(
            terminal: container.tty, args: try arguments(own), env: environment(own).map { "\($0.name)=\($0.value)" },
            cwd: workingDirectory, capabilities: capabilities,
            noNewPrivileges: container.securityContext.allowPrivilegeEscalation == false)
        process.user = facts.user
        process.rlimits = pod.spec.tuning.of(container.name).limits.compactMap { limit in
            ResourceLimitKind(specName: "RLIMIT_" + limit.name.uppercased()).map {
                ResourceLimit(type: $0, soft: limit.soft, hard: limit.hard)
            }
        }
        process.apparmorProfile =
            pod.appArmorProfile(of: container)?.name ?? (facts.hasDefaultProfile ? AppArmorProfile.defaultName : nil)
        process.selinuxLabel = pod.seLinuxOptions(of: container)?.processLabel
        if let score = oomScore { process.oomScoreAdj = score }
        return process
    }

    /// `command` replaces the image's entry point and its arguments; `args` replaces its arguments.
    ///
    /// References see the manifest's own variables only (`defaults.md`, section 5): `$(PATH)` may well be meant for a shell.
    private func arguments(_ environment: [EnvironmentVariable]) throws(PodError) -> [String] {
        let execution = image.execution
        let command = container.command.isEmpty ? execution.entrypoint : expand(container.command, environment)
        let args =
            container.args.isEmpty
            ? container.command.isEmpty ? execution.cmd : [] : expand(container.args, environment)
        guard let first = (command + args).first, !first.isEmpty else {
            throw PodError(
                .invalid,
                "container '\(container.name)': neither the manifest nor the image '\(container.image)' says what to run",
                hint: "set 'command' in the manifest")
        }
        return command + args
    }

    private func expand(_ texts: [String], _ environment: [EnvironmentVariable]) -> [String] {
        texts.map { text in
            Expansion.expand(text) { name in environment.last { $0.name == name }?.value }
        }
    }

    /// The image's own, then the manifest's; PATH and HOSTNAME where nobody says them.
    private func environment(_ own: [EnvironmentVariable]) -> [EnvironmentVariable] {
        var inherited: [EnvironmentVariable] = []
        func add(_ name: String, _ value: String) {
            if !inherited.contains(where: { $0.name == name }) { inherited.append(EnvironmentVariable(name: name, value: value)) }
        }
        for entry in image.execution.env {
            guard let equals = entry.utf8.firstIndex(of: UInt8(ascii: "=")) else { continue }
            inherited.append(
                EnvironmentVariable(name: String(entry[..<equals]), value: String(entry[entry.index(after: equals)...])))
        }
        add("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        if container.tty { add("TERM", "xterm") }
        if !pod.spec.hostNetwork { add("HOSTNAME", SandboxNames(pod).hostname) }
        return Expansion.environment([], inherited: inherited + own)
    }

    private var workingDirectory: String {
        if let directory = container.workingDir { return directory.string }
        return image.execution.workingDirectory.isEmpty ? "/" : image.execution.workingDirectory
    }

    /// The usual ones, changed as the manifest says. What another user than root has when its program begins is exactly what the manifest adds by name:
    /// `inheritable` and `ambient` are empty otherwise, so that nothing survives a change of user by itself.
    var capabilities: Capabilities {
        let context = container.securityContext
        let available = facts.availableCapabilities
        if context.privileged { return Capabilities(bounding: available, effective: available, permitted: available) }
        let dropped = Set(context.capabilities.drop.map { "CAP_" + $0 })
        // What is dropped by name is dropped, whatever else is said of it.
        let named = context.capabilities.add.filter { $0 != "ALL" }.map { "CAP_" + $0 }.filter { !dropped.contains($0) }
        var bounding = dropped.contains("CAP_ALL") ? [] : Self.usual.filter { !dropped.contains($0) }
        // Order: as runtimes do it, all are added, then all dropped, then those with a name added.
        let added = context.capabilities.add.contains("ALL") && !dropped.contains("CAP_ALL") ? available : named
        for name in added where !bounding.contains(name) && !dropped.contains(name) { bounding.append(name) }
        bounding = bounding.filter { available.contains($0) || named.contains($0) }
        guard facts.user.uid != 0 else { return Capabilities(bounding: bounding, effective: bounding, permitted: bounding) }
        return Capabilities(bounding: bounding, effective: named, inheritable: named, permitted: named, ambient: named)
    }

    /// What containers have by default everywhere.
    private static let usual = [
        "CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP", "SETPCAP",
        "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE",
    ].map { "CAP_" + $0 }

    /// Who goes first when memory runs out, as the kubelet decides it; nil where that would be lower than the caller may set.
    private var oomScore: Int32? {
        let score: Int32
        switch pod.spec.qosClass {
        case .guaranteed: score = -997
        case .bestEffort: score = 1000
        case .burstable:
            let request = pod.spec.promisedMemory(of: container)
            let share = facts.machineMemory == 0 ? 0 : 1000 * request / Int128(facts.machineMemory)
            score = Int32(min(max(1000 - share, 3), 999))
        }
        return score >= facts.lowestOOMScore ? score : nil
    }
}
