internal import ImageSpec
internal import LinuxTypes
internal import OCISpec
internal import PodRecords
internal import PodSpec

/// From a pod and one of its containers to the configuration that the engine runs. Pure: what must be known of the host, the image and the sandbox stands
/// in `facts`.
struct ContainerLowering {
    let pod: Pod
    let container: Container
    let image: ImageConfiguration
    let facts: Facts

    /// What is neither in the manifest nor in the image.
    struct Facts {
        /// The pod's own directory in memory, as its mount namespace has it.
        var sandbox: HostPath
        /// Volumes by name, as paths of the pod's mount namespace.
        var volumes: [String: HostPath]
        /// Volumes that are only read, whatever their mounts say.
        var readOnlyVolumes: Set<String> = []
        /// Parts of volumes, by the ordinal of their mount, as paths of the pod's mount namespace.
        var parts: [Int: HostPath] = [:]
        /// Where the container's root is mounted.
        var rootfs: HostPath
        var cgroupsPath: String
        /// What the user of the manifest and the image comes to in the image's own files.
        var user: User
        /// The manifest's own variables with their values.
        var environment: [EnvironmentVariable] = []
        /// The file that is the container's termination message.
        var terminationMessage: HostPath
        /// Capabilities that this machine can give.
        var availableCapabilities: [String]
        /// The machine's devices, for a privileged container.
        var devices: [Device] = []
        /// The profile of `Localhost`; nil for any other.
        var localProfile: Seccomp?
        /// The lowest score that the caller may set, or 1000 where the pod gets that one.
        var lowestOOMScore: Int32
        /// Bytes; only a burstable pod asks.
        var machineMemory: UInt64
        /// The users of a pod with a user namespace; nil where they are the machine's.
        var users: PodUsers?
        /// Volumes whose files are the pod's users' already.
        var mappedVolumes: Set<String> = []
        /// Whether cgroup v2 counts memory here.
        var countsMemoryOnV2 = false
        /// Whether the profile of AppArmor is loaded that containers have which say nothing of it.
        var hasDefaultProfile = false
        /// Process 1 of the PID namespace that the pod's containers share; nil where each has its own.
        var sharedProcess: Int32?
    }

    func configuration() throws(PodError) -> Configuration {
        let privileged = container.securityContext.privileged
        let hidesNothing = privileged || container.securityContext.showsAllOfProc
        var linux = Linux(
            namespaces: namespaces, resources: resources, maskedPaths: hidesNothing ? [] : Self.maskedPaths,
            readonlyPaths: hidesNothing ? [] : Self.readonlyPaths)
        if let users = facts.users { (linux.uidMappings, linux.gidMappings) = (users.mappings, users.mappings) }
        linux.cgroupsPath = facts.cgroupsPath
        linux.devices = facts.devices
        // Only what is shared itself can share what is bound from it.
        if container.volumeMounts.contains(where: { $0.propagation == .bidirectional }) { linux.rootfsPropagation = .rshared }
        linux.seccomp = seccomp
        linux.mountLabel = pod.seLinuxOptions(of: container)?.fileLabel
        return Configuration(
            process: try process(),
            root: Root(path: facts.rootfs.string, readonly: container.securityContext.readOnlyRootFilesystem),
            mounts: try mounts(), annotations: annotations, linux: linux)
    }

    /// Those of the pod are joined; PID, mount and cgroup namespaces are the container's own.
    private var namespaces: [Namespace] {
        var namespaces = [Namespace(type: .mount)]
        if let process = facts.sharedProcess {
            namespaces.append(Namespace(type: .pid, path: "/proc/\(process)/ns/pid"))
        } else if !pod.spec.hostPID {
            namespaces.append(Namespace(type: .pid))
        }
        if !container.securityContext.privileged { namespaces.append(Namespace(type: .cgroup)) }
        func join(_ kind: NamespaceKind, _ name: String) {
            namespaces.append(Namespace(type: kind, path: facts.sandbox.appending("ns/\(name)").string))
        }
        if facts.users != nil { join(.user, "user") }
        if !pod.spec.hostNetwork {
            join(.network, "net")
            join(.uts, "uts")
        }
        if !pod.spec.hostIPC { join(.ipc, "ipc") }
        return namespaces
    }

    private var annotations: OrderedMap<String> {
        var annotations: OrderedMap<String> = [:]
        annotations["io.kubernetes.pod.name"] = pod.metadata.name
        annotations["io.kubernetes.pod.namespace"] = pod.metadata.namespace
        annotations["io.kubernetes.pod.uid"] = pod.metadata.uid
        annotations["io.kubernetes.container.name"] = container.name
        return annotations
    }

    private static let maskedPaths = [
        "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
        "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap",
    ]

    private static let readonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
}
