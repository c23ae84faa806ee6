public import LinuxTypes
public import OCISpec

/// Hull's own profile for containers that name none. docs/seccomp.md has it for people: what it allows, what it refuses and why.
///
/// Three answers: calls that a container needs are allowed; calls that the kernel would refuse for want of a capability, or that
/// we refuse, are EPERM; all others, newer than this table or long dead, are ENOSYS, so that a libc falls back as on a kernel
/// without them.
public enum DefaultProfile {
    /// `capabilities` is the bounding set: what a process of the container can ever have. `architecture` is the kernel's own; its
    /// 32-bit programs run too, except x32.
    public static func profile(capabilities: CapabilitySet, architecture: SeccompArchitecture) -> Profile {
        let architectures = [architecture] + compatible(with: architecture)
        var allowed = always + architectures.flatMap(names(of:))
        var denied = never
        for gate in gates {
            if capabilities.isDisjoint(with: gate.capabilities) {
                denied += gate.names
            } else {
                allowed += gate.names
            }
        }
        let hasNamespaces = !capabilities.isDisjoint(with: .sysAdmin)
        // Without CAP_SYS_ADMIN clone3 stays ENOSYS: a filter cannot see its flags, and libc falls back to clone, whose flags it
        // can.
        if hasNamespaces { allowed += ["clone", "clone3"] }
        var rules = [Profile.Rule(.allow, allowed), Profile.Rule(.errno(EPERM), denied)]
        if !hasNamespaces { rules += cloneRules(flagsArgument: architecture == .s390x || architecture == .s390 ? 1 : 0) }
        rules += personalityRules + socketRules
        return Profile(defaultAction: .errno(ENOSYS), architectures: architectures, flags: .specAllow, rules: rules)
    }

    /// The profile as `linux.seccomp` says it.
    public static func specification(capabilities: CapabilitySet, architecture: SeccompArchitecture) -> Seccomp {
        profile(capabilities: capabilities, architecture: architecture).specification
    }

    /// The 32-bit architecture whose programs the same kernel runs. Not x32: hardly a program uses it, and it doubles the calls
    /// to filter.
    private static func compatible(with architecture: SeccompArchitecture) -> [SeccompArchitecture] {
        switch architecture {
        case .x86_64: [.x86]
        case .aarch64: [.arm]
        case .mips64: [.mips, .mips64n32]
        case .mipsel64: [.mipsel, .mipsel64n32]
        case .s390x: [.s390]
        default: []
        }
    }

    private static func names(of architecture: SeccompArchitecture) -> [String] {
        switch architecture {
        case .x86, .x86_64: ["arch_prctl", "modify_ldt"]
        case .arm, .aarch64:
            ["arm_fadvise64_64", "arm_sync_file_range", "breakpoint", "cacheflush", "set_tls", "sync_file_range2"]
        case .ppc64le: ["swapcontext", "sync_file_range2"]
        case .riscv64: ["riscv_flush_icache", "riscv_hwprobe"]
        case .s390, .s390x: ["s390_pci_mmio_read", "s390_pci_mmio_write", "s390_runtime_instr"]
        default: []
        }
    }
}

// Arguments. libseccomp tries equality before order, so that `argument >= 0`, which is always true, catches what is left; the
// tests hold it to that.
extension DefaultProfile {
    /// Processes and threads, but no new namespace.
    private static func cloneRules(flagsArgument index: UInt8) -> [Profile.Rule] {
        [
            Profile.Rule(.allow, ["clone"], where: [.init(argument: index, .maskedEqual, namespaceFlags, 0)]),
            Profile.Rule(.errno(EPERM), ["clone"], where: [.init(argument: index, .greaterOrEqual, 0)]),
        ]
    }

    /// `CLONE_NEW*` that clone takes: NS, CGROUP, UTS, IPC, USER, PID, NET.
    private static let namespaceFlags: UInt64 = 0x7e02_0000

    /// Linux, 32-bit Linux, both with the version number of 2.6, and the question which one it is. Others switch off protections,
    /// such as address space randomization.
    private static let personalityRules: [Profile.Rule] =
        [0, 0x8, 0x2_0000, 0x2_0008, 0xffff_ffff].map {
            Profile.Rule(.allow, ["personality"], where: [.init(argument: 0, .equal, $0)])
        } + [Profile.Rule(.errno(EPERM), ["personality"], where: [.init(argument: 0, .greaterOrEqual, 0)])]

    /// AF_ALG, the kernel's cryptography, is attack surface; AF_VSOCK reaches the hypervisor past the network namespace. The
    /// kernel looks at the lower half of the argument only, so the filter does too. The answer is that of a kernel without the
    /// family.
    private static let socketRules: [Profile.Rule] =
        [38, 40].map {
            Profile.Rule(.errno(EAFNOSUPPORT), ["socket"], where: [.init(argument: 0, .maskedEqual, 0xffff_ffff, $0)])
        } + [Profile.Rule(.allow, ["socket"], where: [.init(argument: 0, .greaterOrEqual, 0)])]
}

private let EPERM = UInt16(Errno.EPERM.rawValue)
private let ENOSYS = UInt16(Errno.ENOSYS.rawValue)
private let EAFNOSUPPORT = UInt16(Errno.EAFNOSUPPORT.rawValue)
