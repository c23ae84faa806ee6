import LinuxKernel
import LinuxTypes
public import OCISpec
import SeccompFilter

extension Runtime {
    /// What this runtime knows, for the features document of the specification: nothing that it would refuse or ignore.
    public static func features() -> Features {
        Features(
            ociVersionMin: "1.0.0", ociVersionMax: Configuration.specVersion, hooks: HookKind.allCases,
            mountOptions: namedMountOptions.filter(MountOptions.honours).sorted(),
            linux: Features.Linux(
                namespaces: NamespaceKind.allCases.sorted { $0.specName < $1.specName }, capabilities: namedCapabilities(),
                cgroup: .init(v1: true, v2: true, systemd: false, systemdUser: false, rdma: false), seccomp: seccompFeatures(),
                apparmor: true, selinux: true, intelRdt: .init(enabled: false), idmap: true, netDevices: false),
            annotations: ["io.github.seccomp.libseccomp.version": SeccompLibrary.version],
            potentiallyUnsafeConfigAnnotations: [])
    }

    /// Those that the kernel has and libcap has names for.
    private static func namedCapabilities() -> [String] {
        surveyCapabilities().known.numbers.map(capabilityName).filter { $0.hasPrefix("CAP_") }
    }

    private static func seccompFeatures() -> Features.Seccomp {
        let known: [(SeccompFlag, FilterFlags)] = [(.tsync, .tsync), (.log, .log), (.specAllow, .specAllow)]
        return Features.Seccomp(
            enabled: true,
            // Notify needs an agent's socket, which is refused so far.
            actions: [.allow, .errno, .kill, .killProcess, .killThread, .log, .trace, .trap],
            operators: [.equal, .greaterOrEqual, .greaterThan, .lessOrEqual, .lessThan, .maskedEqual, .notEqual],
            archs: SeccompArchitecture.allCases.filter(SeccompLibrary.knows).sorted { $0.rawValue < $1.rawValue },
            knownFlags: known.map(\.0), supportedFlags: known.filter { kernelKnowsSeccompFlag($0.1.rawValue) }.map(\.0))
    }

    /// Every option of the specification and of mount(8) that is no file system's own.
    private static let namedMountOptions = [
        "async", "atime", "bind", "copy-symlink", "defaults", "dest-nofollow", "dev", "diratime", "dirsync", "exec", "idmap",
        "iversion",
        "lazytime", "loud", "mand", "noatime", "nodev", "nodiratime", "noexec", "noiversion", "nolazytime", "nomand",
        "norelatime",
        "nostrictatime", "nosuid", "nosymfollow", "private", "ratime", "rbind", "rdev", "rdiratime", "relatime", "remount",
        "rexec",
        "ridmap", "rnoatime", "rnodev", "rnodiratime", "rnoexec", "rnorelatime", "rnostrictatime", "rnosuid", "rnosymfollow",
        "ro",
        "rprivate", "rrelatime", "rro", "rrw", "rshared", "rslave", "rstrictatime", "rsuid", "rsymfollow", "runbindable", "rw",
        "shared",
        "silent", "slave", "src-nofollow", "strictatime", "suid", "symfollow", "sync", "tmpcopyup", "unbindable",
    ]
}

extension MountOptions {
    /// Whether an option means something here, rather than being refused or passed to the file system.
    fileprivate static func honours(_ option: String) -> Bool {
        let options = MountOptions([option])
        return options.unsupported == nil && options.data.isEmpty
    }
}
