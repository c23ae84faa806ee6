internal import Cgroups
internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords
internal import PodSpec

/// Making the sandbox. Until its mount namespace is pinned, which comes last, all but the cgroup and empty directories lives in this process only: a worker that is
/// killed leaves nothing else.
extension PodWorker {
    func makeSandbox(_ watch: inout Stopwatch) throws(PodError) -> [String] {
        let pod = try resizedPod()
        // Order: first. What another try has left has the same names.
        if try mayHaveLeftovers() { try dismantle() }
        try makePlaces()
        watch.note("directories")
        let cgroup = try cgroupPlan(pod)
        try grouping { () throws(CgroupError) in
            var group = Cgroup(cgroup)
            try group.create()
        }
        watch.note("cgroup")
        let owner = try makeNamespaces(of: pod)
        watch.note("namespaces")
        do throws(PodError) {
            try mountSandbox(pod)
            try pinNamespaces(pod)
            for user in owner.descriptors { try pin("/proc/self/fd/\(user.number)", as: "user") }
            watch.note("mounts")
            try nameAndTune(pod)
            watch.note("names and sysctls")
            do throws(PodError) { try makeVolumes(pod) } catch { throw error.named(.badVolume) }
            watch.note("volumes")
            let addresses = try connect(pod)
            watch.note("network")
            try writeFiles(pod, addresses)
            watch.note("files")
            try pinMounts()
            watch.note("pin")
            return addresses
        } catch {
            try leave()
            throw error
        }
    }

    private func writeFiles(_ pod: Pod, _ addresses: [String]) throws(PodError) {
        let files = SandboxFiles(pod)
        let host = pod.spec.hostNetwork ? try Self.textIfPresent("/etc/hosts") : nil
        try write(try files.hosts(addresses: addresses, host: host), to: "etc/hosts")
        let resolver = try files.resolver(
            host: try Self.textIfPresent("/etc/resolv.conf"), upstream: try Self.textIfPresent(SandboxFiles.upstreamResolver))
        try write(resolver, to: "etc/resolv.conf")
        try write(SandboxNames(pod).hostname + "\n", to: "etc/hostname")
    }

    /// Directories on the host, and the one mount below which pins are private.
    private func makePlaces() throws(PodError) {
        let sandbox = places.sandbox(uid).string
        let volumes = places.volumes(uid).string
        try during("cannot make the pod's directories") { () throws(KernelError) in
            try makeDirectories(volumes, permissions: 0o700)
            try makeDirectories(sandbox, permissions: 0o700)
            _ = try FileDescriptor.workingDirectory.open(
                places.mountNamespace(uid).string, [.writeOnly, .create, .noFollow], permissions: 0o600)
        }
        try PrivateMount.ensure(at: places.runRoot.appending("pods"), lockIn: places.runRoot)
    }

    /// Those that a pod has for itself. All but the first are pinned in it.
    static func namespaces(of pod: Pod) -> [NamespaceKind] {
        var kinds: [NamespaceKind] = [.mount]
        if !pod.spec.hostNetwork { kinds += [.network, .uts] }
        if !pod.spec.hostIPC { kinds.append(.ipc) }
        return kinds
    }

    /// Enters the pod's namespaces, all new. Returns the user namespace that owns them, but for the mount namespace, which is ours to change; none for a
    /// pod whose users are the machine's.
    private func makeNamespaces(of pod: Pod) throws(PodError) -> DescriptorList {
        var kinds = Self.namespaces(of: pod)
        let users = try users()
        var owner = DescriptorList()
        do throws(KernelError) {
            if let users {
                owner.append(try enterOwned(Array(kinds.dropFirst()), by: users))
                kinds = [.mount]
            }
            try unshare(kinds)
            try makeMountsYounger()
        } catch {
            let isFull = users != nil && (error.errno == .ENOSPC || error.errno == .EUSERS)
            throw PodError(
                .failed, "cannot make the pod's namespaces: \(error)",
                hint: isFull ? "the machine allows no more of them: see /proc/sys/user/max_user_namespaces" : nil)
        }
        isInside = true
        closeStore()
        return owner
    }

    /// A mount namespace can be pinned only in one with a lower number: the kernel takes that for older (`ELOOP`). Linux 6.18 numbers namespaces by processor, so
    /// that a host's namespace that was made itself, as a service's with a private /tmp, may have the higher one. On the processor that made it all new ones
    /// are higher.
    private func makeMountsYounger() throws(KernelError) {
        guard try !isYounger() else { return }
        let processors = try ProcessorSet.own()
        for number in processors.numbers where try !isYounger() {
            try processors.only(number).use()
            try unshare([.mount])
        }
        // Order: before anything is cloned, which would be bound to one processor too.
        try processors.use()
    }

    private func isYounger() throws(KernelError) -> Bool {
        let own = try FileDescriptor.workingDirectory.open("/proc/self/ns/mnt", .readOnly)
        guard let number = try own.descriptor.mountNamespaceNumber(), let hosts = try hostMounts.descriptor.mountNamespaceNumber()
        else {
            return true
        }
        return number > hosts
    }

    /// A file system in memory that only this mount namespace has: everything of the pod's that dies with it.
    private func mountSandbox(_ pod: Pod) throws(PodError) {
        let mount = try makeOwnFiles(pod.seLinuxFileLabel)
        try during("cannot mount the pod's own file system") { () throws(KernelError) in
            let root = try FileDescriptor.workingDirectory.open("/", [.pathOnly, .directory])
            // What is mounted here never reaches the host; what the host mounts still comes here.
            try root.descriptor.setMountAttributes(set: [], propagation: .slave, recursive: true, subject: "/")
            let place = try FileDescriptor.workingDirectory.open(places.sandbox(uid).string, [.pathOnly, .directory, .noFollow])
            try mount.attach(to: place.descriptor, subject: places.sandbox(uid).string)
            for name in ["ns", "roots", "volumes", "parts", "messages", "etc", "shm"] {
                try mount.descriptor.makeDirectory(name, permissions: name == "shm" ? 0o1777 : 0o755)
            }
        }
        try mountSharedMemory(pod)
    }

    /// The first file system with the label: here it is heard whether there is such a label.
    private func makeOwnFiles(_ label: String?) throws(PodError) -> DetachedMount {
        let failure = "cannot make the pod's own file system"
        do throws(KernelError) { return try Self.ownFiles.labelled(label).mount() } catch {
            guard let label, error.errno == .EINVAL else { throw PodError(error, failure) }
            throw PodError(error, "\(failure): the policy that is loaded knows no such label as '\(label)'")
        }
    }

    private func mountSharedMemory(_ pod: Pod) throws(PodError) {
        try during("cannot mount /dev/shm") { () throws(KernelError) in
            let place = try openPlace("shm")
            if pod.spec.hostIPC {
                return try DetachedMount.cloning(.workingDirectory, "/dev/shm").attach(to: place.descriptor, subject: "/dev/shm")
            }
            try Self.sharedMemory(of: pod).labelled(pod.seLinuxFileLabel).mount().attach(
                to: place.descriptor, subject: "/dev/shm")
        }
    }

    /// A file system in memory.
    struct Memory {
        let parameters: [(name: String, value: String)]
        let attributes: MountAttributes

        /// The same, all of whose files have a label of SELinux.
        func labelled(_ label: String?) -> Memory {
            guard let label else { return self }
            return Memory(parameters: parameters + [("context", label)], attributes: attributes)
        }

        func mount() throws(KernelError) -> DetachedMount {
            let context = try FileSystemContext("tmpfs")
            for parameter in parameters { try context.set(parameter.name, to: parameter.value) }
            return try context.mount(attributes: attributes)
        }
    }

    static let ownFiles = Memory(parameters: [("mode", "0755"), ("size", "4m")], attributes: [.noSetuid, .noDevices])

    static func sharedMemory(of pod: Pod) -> Memory {
        let size = pod.spec.tuning.sharedMemory.map { "\($0.value)" } ?? "65536k"
        return Memory(parameters: [("mode", "1777"), ("size", size)], attributes: [.noSetuid, .noDevices, .noExecute])
    }

    func openPlace(_ name: String) throws(KernelError) -> OwnedDescriptor {
        try FileDescriptor.workingDirectory.open(places.sandbox(uid).appending(name).string, [.pathOnly, .noFollow])
    }

    private func pinNamespaces(_ pod: Pod) throws(PodError) {
        for name in Self.namespaces(of: pod).dropFirst().map(\.procName) { try pin("/proc/self/ns/\(name)", as: name) }
    }

    private func pin(_ path: String, as name: String) throws(PodError) {
        try during("cannot keep the pod's \(name) namespace") { () throws(KernelError) in
            try write([], to: "ns/\(name)")
            let place = try openPlace("ns/\(name)")
            try DetachedMount.cloning(.workingDirectory, path).attach(to: place.descriptor, subject: name)
        }
    }

    private func nameAndTune(_ pod: Pod) throws(PodError) {
        if !pod.spec.hostNetwork {
            try during("cannot set the pod's names") { () throws(KernelError) in
                try setHostname(SandboxNames(pod).hostname)
                try bringLoopbackUp()
            }
        }
        let users = try users()
        for sysctl in pod.spec.securityContext.sysctls {
            let path = Self.path(of: sysctl)
            try during("cannot set the sysctl '\(sysctl.name)' to '\(sysctl.value)'") { () throws(KernelError) in
                if users != nil, isOfPodsRoot(sysctl) {
                    let user = try NamespaceHandle(path: places.sandbox(uid).appending("ns/user").string, kind: .user)
                    return try asRoot(of: user.descriptor) { () throws(KernelError) in
                        try ProcFS().write(sysctl.value, to: path)
                    }
                }
                try ProcFS().write(sysctl.value, to: path)
            }
        }
    }

    /// Below `/proc`.
    static func path(of sysctl: Sysctl) -> String { "sys/" + String(sysctl.name.map { $0 == "." ? "/" : $0 }) }

    // MARK: Small things

    /// Writes a file of the pod's own file system.
    func write(_ text: String, to name: String) throws(PodError) {
        try during("cannot write '\(name)'") { () throws(KernelError) in try write(Array(text.utf8), to: name) }
    }

    func write(_ bytes: [UInt8], to name: String, permissions: UInt32 = 0o644) throws(KernelError) {
        let path = places.sandbox(uid).appending(name).string
        let file = try FileDescriptor.workingDirectory.open(
            path, [.writeOnly, .create, .exclusive, .noFollow], permissions: permissions)
        try file.descriptor.changePermissions(permissions, subject: path)
        try file.descriptor.writeAll(bytes, subject: path)
    }

    static func textIfPresent(_ path: String) throws(PodError) -> String {
        do throws(KernelError) { return try readText(path) } catch {
            if error.errno == .ENOENT { return "" }
            throw PodError(error, "cannot read the host's \(path)")
        }
    }

    /// The pod's cgroup as it is made: its weight among other pods, and the limits of the whole pod.
    func cgroupPlan(_ pod: Pod) throws(PodError) -> Plan {
        let limits = PodCgroup.resources(of: pod)
        return try grouping { () throws(CgroupError) in
            try Plan(layout: .ofHost(), cgroupsPath: PodPlaces.cgroup(of: uid), id: uid.string, resources: limits)
        }
    }

    /// The pod's cgroup; its containers' are below it.
    func cgroupPlan() throws(PodError) -> Plan {
        try grouping { () throws(CgroupError) in try Plan.ofHost(at: PodPlaces.cgroup(of: uid)) }
    }
}
