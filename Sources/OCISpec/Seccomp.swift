public import StrictTree

/// `linux.seccomp`: a filter for system calls, `seccomp(2)`.
public struct Seccomp: SpecValue {
    public var defaultAction: SeccompAction
    /// The errno of `defaultAction`; nil is EPERM. Only actions that take one have it.
    public var defaultErrnoRet: UInt32?
    /// Beside the native one.
    public var architectures: [SeccompArchitecture]
    /// nil where the configuration says nothing, which differs from no flags.
    public var flags: [SeccompFlag]?
    /// The socket of the agent that SCMP_ACT_NOTIFY needs.
    public var listenerPath: String?
    public var listenerMetadata: String?
    public var syscalls: [Syscall]

    public init(
        defaultAction: SeccompAction, defaultErrnoRet: UInt32? = nil, architectures: [SeccompArchitecture] = [],
        flags: [SeccompFlag]? = nil, listenerPath: String? = nil, listenerMetadata: String? = nil, syscalls: [Syscall] = []
    ) {
        self.defaultAction = defaultAction
        self.defaultErrnoRet = defaultErrnoRet
        self.architectures = architectures
        self.flags = flags
        self.listenerPath = listenerPath
        self.listenerMetadata = listenerMetadata
        self.syscalls = syscalls
    }

    /// One rule: all `args` must match; several rules for one name are alternatives.
    public struct Syscall: SpecValue {
        /// At least one; names that libseccomp does not know are skipped by who compiles.
        public var names: [String]
        public var action: SeccompAction
        public var errnoRet: UInt32?
        public var args: [Argument]

        public init(names: [String], action: SeccompAction, errnoRet: UInt32? = nil, args: [Argument] = []) {
            self.names = names
            self.action = action
            self.errnoRet = errnoRet
            self.args = args
        }
    }

    /// A comparison of one argument.
    public struct Argument: SpecValue {
        /// 0 … 5.
        public var index: UInt32
        /// The mask, for SCMP_CMP_MASKED_EQ.
        public var value: UInt64
        /// What the masked argument must be.
        public var valueTwo: UInt64
        public var op: SeccompOperator

        public init(index: UInt32, value: UInt64, valueTwo: UInt64 = 0, op: SeccompOperator) {
            self.index = index
            self.value = value
            self.valueTwo = valueTwo
            self.op = op
        }
    }
}

extension Seccomp {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        defaultAction = try fields.required("defaultAction").choice()
        defaultErrnoRet = try Self.errno(fields.optional("defaultErrnoRet"), for: defaultAction)
        architectures = try fields.choices("architectures")
        flags = fields.optional("flags") == nil ? nil : try fields.choices("flags")
        listenerPath = try fields.text("listenerPath")
        listenerMetadata = try fields.string("listenerMetadata")
        if let metadata = fields.optional("listenerMetadata"), listenerPath == nil {
            throw metadata.failure("'listenerMetadata' has no meaning without 'listenerPath'")
        }
        syscalls = try fields.list("syscalls", &warnings)
        warnings.addUnknown(of: fields)
    }

    /// The kernel keeps 12 bits for errno and 16 for a tracer's number.
    static func errno(_ value: Value?, for action: SeccompAction) throws(TreeError) -> UInt32? {
        guard let value else { return nil }
        let number: UInt32 = try value.integer(in: 0...(action == .trace ? 0xffff : 4095))
        guard action == .errno || action == .trace else { throw value.failure("action '\(action.rawValue)' takes no errno") }
        return number
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("defaultAction", defaultAction.rawValue)
        json.member("defaultErrnoRet", defaultErrnoRet)
        json.list("architectures", architectures)
        json.member("flags", flags?.map(\.rawValue))
        json.member("listenerPath", listenerPath)
        json.member("listenerMetadata", listenerMetadata)
        json.list("syscalls", syscalls)
    }
}

extension Seccomp.Syscall {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        let names = try fields.required("names")
        self.names = try names.strings
        guard !self.names.isEmpty else { throw names.failure("the rule names no system call") }
        action = try fields.required("action").choice()
        errnoRet = try Seccomp.errno(fields.optional("errnoRet"), for: action)
        args = try fields.list("args", &warnings)
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("names", names)
        json.member("action", action.rawValue)
        json.member("errnoRet", errnoRet)
        json.list("args", args)
    }
}

extension Seccomp.Argument {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        index = try fields.required("index").integer(in: 0...5)
        self.value = try fields.required("value").unsigned
        valueTwo = try fields.uint64("valueTwo") ?? 0
        op = try fields.required("op").choice()
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("index", index)
        json.member("value", value)
        json.nonzero("valueTwo", valueTwo)
        json.member("op", op.rawValue)
    }
}
