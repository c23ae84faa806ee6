import CSeccomp
internal import LinuxKernel
internal import LinuxTypes
internal import OCISpec

/// libseccomp's filter under construction, `seccomp_init(3)`; released with its owner.
struct FilterContext: ~Copyable {
    private let handle: scmp_filter_ctx

    /// A filter without rules; see `configure`.
    init(defaultAction: FilterAction) throws(SeccompError) {
        guard let handle = seccomp_init(defaultAction.kernelValue) else {
            throw .library(call: "seccomp_init", errno: .EINVAL, subject: defaultAction.specAction.rawValue)
        }
        self.handle = handle
    }

    /// Order: before the first rule, which is made for the architectures that are there.
    func configure(for profile: Profile) throws(SeccompError) {
        // What runc and crun leave as it is: a call of an architecture that the filter does not have kills the thread.
        try set(SCMP_FLTATR_ACT_BADARCH, FilterAction.killThread.kernelValue, "ACT_BADARCH")
        // no_new_privs is a step of init's own, before or after this filter as the configuration orders.
        try set(SCMP_FLTATR_CTL_NNP, 0, "CTL_NNP")
        // A binary tree over the numbers. libseccomp up to 2.5.4 makes a wrong program of a tree without a rule: few get none.
        let names = profile.rules.reduce(0) { $0 + ($1.action == profile.defaultAction ? 0 : $1.names.count) }
        if names > 32 { try set(SCMP_FLTATR_CTL_OPTIMIZE, 2, "CTL_OPTIMIZE") }
        for architecture in profile.architectures { try add(architecture) }
    }

    deinit { seccomp_release(handle) }

    /// `seccomp_attr_set(3)`.
    private func set(_ attribute: scmp_filter_attr, _ value: UInt32, _ name: String) throws(SeccompError) {
        try Self.check("seccomp_attr_set", name, seccomp_attr_set(handle, attribute, value))
    }

    /// `seccomp_arch_add(3)`; one that is there already is fine.
    private func add(_ architecture: SeccompArchitecture) throws(SeccompError) {
        let result = seccomp_arch_add(handle, architecture.token)
        if result == -Errno.EINVAL.rawValue { throw .unknownArchitecture(architecture.rawValue) }
        if result == -Errno.EEXIST.rawValue { return }
        try Self.check("seccomp_arch_add", architecture.rawValue, result)
    }

    /// `seccomp_rule_add_array(3)`. Architectures without the call are passed over.
    func add(_ action: FilterAction, number: Int32, name: String, _ comparisons: [Profile.Comparison]) throws(SeccompError) {
        let result = comparisons.map(\.libraryValue).withUnsafeBufferPointer {
            seccomp_rule_add_array(handle, action.kernelValue, number, UInt32($0.count), $0.baseAddress)
        }
        if result == -Errno.EEXIST.rawValue { throw .conflict(systemCall: name) }
        try Self.check("seccomp_rule_add", name, result)
    }

    /// `seccomp_export_bpf(3)` through a file in memory: a pipe would block on a long program.
    func export() throws(SeccompError) -> [UInt8] {
        do throws(KernelError) {
            let file = try FileDescriptor.inMemory(name: "seccomp")
            let result = seccomp_export_bpf(handle, file.number)
            if result == 0 {
                try file.descriptor.rewind()
                return try file.descriptor.readToEnd(limit: 1 << 20, subject: "seccomp program")
            }
            throw KernelError(call: "seccomp_export_bpf", errno: Errno(rawValue: -result), subject: "")
        } catch { throw .kernel(error) }
    }

    private static func check(_ call: String, _ subject: String, _ result: Int32) throws(SeccompError) {
        if result < 0 { throw .library(call: call, errno: Errno(rawValue: -result), subject: subject) }
    }
}

extension Profile.Comparison {
    fileprivate var libraryValue: scmp_arg_cmp {
        scmp_arg_cmp(arg: UInt32(index), op: operation.libraryValue, datum_a: value, datum_b: valueTwo)
    }
}

extension SeccompOperator {
    fileprivate var libraryValue: scmp_compare {
        switch self {
        case .notEqual: SCMP_CMP_NE
        case .lessThan: SCMP_CMP_LT
        case .lessOrEqual: SCMP_CMP_LE
        case .equal: SCMP_CMP_EQ
        case .greaterOrEqual: SCMP_CMP_GE
        case .greaterThan: SCMP_CMP_GT
        case .maskedEqual: SCMP_CMP_MASKED_EQ
        }
    }
}
