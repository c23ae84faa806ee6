import CLinux
public import LinuxTypes

/// `seccomp(2)` `SECCOMP_SET_MODE_FILTER`: the caller and what it executes are held to the program from now on. Needs no_new_privs or
/// `CAP_SYS_ADMIN`. `flags` are `SECCOMP_FILTER_FLAG_*`.
public func loadSeccompFilter(_ program: [FilterInstruction], flags: UInt32) throws(KernelError) {
    let result = program.withUnsafeBytes { bytes in
        // struct sock_fprog: a 16-bit length, padding, the instructions.
        var arguments = (UInt64(bytes.count / 8), UInt64(UInt(bitPattern: bytes.baseAddress)))
        return withUnsafePointer(to: &arguments) { systemCall(__NR_seccomp, 1, Int(flags), address($0)) }
    }
    try check("seccomp", "\(program.count) instructions", result)
}

/// `SECCOMP_GET_ACTION_AVAIL`: whether the running kernel knows a filter's return action.
public func kernelKnowsSeccompAction(_ action: UInt32) -> Bool {
    var action = action
    return withUnsafePointer(to: &action) { systemCall(__NR_seccomp, 2, 0, address($0)) } == 0
}
