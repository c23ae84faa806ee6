import InitProtocol
import LinuxTypes

extension RuntimeError {
    /// What an init reported, in words: the step, the object and where it stands in the configuration, the call and its error, what mends it.
    init(_ failure: InitFailure, plan: ContainerPlan) {
        self.init(failure, origin: plan.origins[.init(failure.step, Int(failure.index))] ?? failure.step.member)
    }

    /// As above, with the JSON pointer of the object; nil for a process that has no configuration of its own.
    init(_ failure: InitFailure, origin: String?) {
        self = Self.worded(failure, origin.map { " [\($0)]" } ?? "").made(of: failure)
    }

    private static func worded(_ failure: InitFailure, _ place: String) -> RuntimeError {
        switch failure.step {
        case .program:
            return missingProgram(failure, place)
        case .execute:
            return notExecutable(failure, place)
        case .hook where failure.errno == .ECANCELED:
            return RuntimeError(.failed, "error running \(failure.call) hook #\(failure.index): \(failure.subject)")
        case .hook:
            return RuntimeError(
                .failed, "error running hook #\(failure.index): \(failure.call) '\(failure.subject)': \(failure.errno)")
        default:
            let object = failure.subject.isEmpty ? "" : " '\(failure.subject)'"
            return RuntimeError(
                .failed, "cannot \(failure.step.phrase)\(place): \(failure.call)\(object): \(failure.errno)",
                hint: hint(for: failure))
        }
    }

    private static func missingProgram(_ failure: InitFailure, _ place: String) -> RuntimeError {
        let name = failure.subject
        switch failure.errno {
        case .ENOENT where !name.utf8.contains(UInt8(ascii: "/")):
            return RuntimeError(.program, "exec: '\(name)': executable file not found in $PATH\(place)")
        case .EACCES:
            return RuntimeError(
                .program, "exec \(name): permission denied\(place)",
                hint: "the file must be a regular one with execute permission for the container's user")
        default:
            return RuntimeError(.program, "exec \(name): \(failure.errno)\(place)")
        }
    }

    private static func notExecutable(_ failure: InitFailure, _ place: String) -> RuntimeError {
        let hint: String? =
            switch failure.errno {
            case .ENOENT: "the file is there, so its interpreter (the first line of a script, or the dynamic loader) is not"
            case .ENOEXEC: "the file is no program of this machine's architecture, or a script without a first line '#!…'"
            case .EACCES: "the file's mount may be noexec"
            case .EPERM: "the seccomp profile may refuse execve, or the file has capabilities that the container may not get"
            default: nil
            }
        return RuntimeError(.program, "exec \(failure.subject): \(failure.errno)\(place)", hint: hint)
    }

    private static func hint(for failure: InitFailure) -> String? {
        switch (failure.step, failure.errno) {
        case (.limits, .EPERM): "the runtime may not raise hard limits here; ask for at most its own (ulimit -H)"
        case (.mount, .ENOENT) where failure.call == "open_tree": "the source must exist on the host"
        case (.mount, .ENODEV): "the kernel has no such file system"
        case (.mount, .ENOTDIR) where failure.call == "openat2":
            "the place of this mount must be a directory, for proc and sysfs one that is no link"
        case (.mount, .ENOTDIR),
            (.mount, .EINVAL) where failure.call == "move_mount":
            "source and destination must both be directories or both be files"
        case (.appArmor, .ENOENT): "no profile of that name is loaded: see 'aa-status'; 'apparmor_parser -r FILE' loads one"
        case (.appArmor, .EACCES), (.appArmor, .EPERM): "the caller's own profile, or no_new_privs under it, forbids the change"
        case (.seLinux, .EINVAL): "the policy that is loaded knows no such label"
        case (.seLinux, .EACCES): "the policy that is loaded does not let the runtime's own label give that one"
        case (.pivot, .EINVAL): "the root file system may be the initial ramfs: use --no-pivot"
        case (.join, .EINVAL): "the namespace may be the wrong kind, or one that the runtime is in already"
        default: nil
        }
    }
}

extension InitStep {
    /// The member of a configuration that a step carries out, where it is one only.
    var member: String? {
        switch self {
        case .hostname: "/hostname"
        case .domainname: "/domainname"
        case .rootfs, .pivot: "/root/path"
        case .rootReadOnly: "/root/readonly"
        case .rootPropagation, .propagation: "/linux/rootfsPropagation"
        case .terminal, .console: "/process/terminal"
        case .workingDirectory: "/process/cwd"
        case .program, .execute: "/process/args"
        case .groups: "/process/user/additionalGids"
        case .user: "/process/user"
        case .capabilities: "/process/capabilities"
        case .noNewPrivileges: "/process/noNewPrivileges"
        case .personality: "/linux/personality"
        case .seccomp: "/linux/seccomp"
        case .appArmor: "/process/apparmorProfile"
        case .seLinux: "/process/selinuxLabel"
        default: nil
        }
    }
}
