import CLinux
import LinuxTypes

/// Whether the running kernel knows a `SECCOMP_FILTER_FLAG_*`: asked with no program, which it only looks at once it knows all flags.
public func kernelKnowsSeccompFlag(_ flag: UInt32) -> Bool {
    systemCall(__NR_seccomp, 1, Int(flag), 0) == -Int(Errno.EFAULT.rawValue)
}
