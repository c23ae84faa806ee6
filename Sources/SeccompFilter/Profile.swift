public import OCISpec

/// A seccomp profile after validation: what `compile` turns into a program, and what the cache's key is made of.
public struct Profile: Hashable, Sendable {
    /// For a system call that no rule matches.
    public var defaultAction: FilterAction
    /// Beside the native architecture, which always belongs to a filter. Calls of any other kill the thread.
    public var architectures: [SeccompArchitecture]
    public var flags: FilterFlags
    public var rules: [Rule]

    public init(
        defaultAction: FilterAction, architectures: [SeccompArchitecture] = [], flags: FilterFlags = [], rules: [Rule] = []
    ) {
        self.defaultAction = defaultAction
        self.architectures = architectures
        self.flags = flags
        self.rules = rules
    }

    /// An action for several system calls, under conditions that must all hold.
    public struct Rule: Hashable, Sendable {
        public var action: FilterAction
        public var names: [String]
        public var comparisons: [Comparison]

        public init(_ action: FilterAction, _ names: [String], where comparisons: [Comparison] = []) {
            self.action = action
            self.names = names
            self.comparisons = comparisons
        }
    }

    /// A comparison of one 64-bit argument.
    public struct Comparison: Hashable, Sendable {
        /// 0 … 5.
        public var index: UInt8
        public var operation: SeccompOperator
        /// The mask, for `maskedEqual`.
        public var value: UInt64
        /// What the masked argument must be, for `maskedEqual` only.
        public var valueTwo: UInt64

        public init(argument index: UInt8, _ operation: SeccompOperator, _ value: UInt64, _ valueTwo: UInt64 = 0) {
            self.index = index
            self.operation = operation
            self.value = value
            self.valueTwo = valueTwo
        }
    }

    /// More system call names than this, over all rules, are refused: the kernel takes 4096 instructions.
    static let nameLimit = 8192
    /// Bytes of all names together.
    static let byteLimit = 256 * 1024
    /// The number of architectures that the specification names.
    static let architectureLimit = SeccompArchitecture.allCases.count
}

/// `SECCOMP_FILTER_FLAG_*`, as `seccomp(2)` takes them.
public struct FilterFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// All threads get the filter.
    public static let tsync = FilterFlags(rawValue: 1)
    /// Every action but allow is logged.
    public static let log = FilterFlags(rawValue: 2)
    /// No mitigation of speculative store bypass for the sake of the filter.
    public static let specAllow = FilterFlags(rawValue: 4)
    /// Has a meaning with notify only; the kernel refuses it without, so it is not loaded yet.
    public static let waitKillableRecv = FilterFlags(rawValue: 0x20)
}
