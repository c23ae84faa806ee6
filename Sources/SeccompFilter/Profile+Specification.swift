public import OCISpec

extension Profile {
    /// Lowers `linux.seccomp`. Errors carry the JSON pointer of what is refused. Without `flags` the filter gets SPEC_ALLOW, as
    /// runc's do.
    public init(_ spec: Seccomp) throws(SeccompError) {
        if spec.listenerPath != nil { throw .notifyUnsupported(at: "\(Self.pointer)/listenerPath") }
        if spec.listenerMetadata != nil {
            let reason = "listenerMetadata has no meaning without listenerPath"
            throw .invalid(at: "\(Self.pointer)/listenerMetadata", reason: reason)
        }
        if spec.architectures.count > Self.architectureLimit { throw .tooLarge(reason: "more architectures than exist") }
        architectures = spec.architectures
        flags = spec.flags.map(Self.lower) ?? .specAllow
        defaultAction = try Self.lower(spec.defaultAction, spec.defaultErrnoRet) {
            "\(Self.pointer)/default\($0 == "errnoRet" ? "ErrnoRet" : "Action")"
        }
        rules = []
        rules.reserveCapacity(spec.syscalls.count)
        for (index, entry) in spec.syscalls.enumerated() {
            rules.append(try Self.lower(entry) { "\(Self.pointer)/syscalls/\(index)/\($0)" })
        }
        try checkBounds()
    }

    /// Where the specification has the profile.
    private static let pointer = "/linux/seccomp"

    private static func lower(_ flags: [SeccompFlag]) -> FilterFlags {
        flags.reduce(into: FilterFlags()) { set, flag in
            switch flag {
            case .tsync: set.insert(.tsync)
            case .log: set.insert(.log)
            case .specAllow: set.insert(.specAllow)
            case .waitKillableRecv: set.insert(.waitKillableRecv)
            }
        }
    }

    private static func lower(
        _ entry: Seccomp.Syscall, pointer: (String) -> String
    ) throws(SeccompError) -> Rule {
        if entry.names.isEmpty { throw .invalid(at: pointer("names"), reason: "names no system call") }
        var comparisons: [Comparison] = []
        for (position, argument) in entry.args.enumerated() {
            guard argument.index <= 5 else {
                let reason = "system calls have arguments 0 to 5, not \(argument.index)"
                throw .invalid(at: pointer("args/\(position)/index"), reason: reason)
            }
            let valueTwo = argument.op == .maskedEqual ? argument.valueTwo : 0
            comparisons.append(Comparison(argument: UInt8(argument.index), argument.op, argument.value, valueTwo))
        }
        return Rule(try lower(entry.action, entry.errnoRet, pointer: pointer), entry.names, where: comparisons)
    }

    /// An action with its number; EPERM where the specification gives none.
    private static func lower(
        _ action: SeccompAction, _ errnoRet: UInt32?, pointer: (String) -> String
    ) throws(SeccompError) -> FilterAction {
        let fixed: FilterAction
        switch action {
        case .kill, .killThread: fixed = .killThread
        case .killProcess: fixed = .killProcess
        case .trap: fixed = .trap
        case .log: fixed = .log
        case .allow: fixed = .allow
        case .notify: throw .notifyUnsupported(at: pointer("action"))
        case .errno:
            return .errno(try lower(errnoRet, limit: errnoLimit, pointer: pointer))
        case .trace:
            return .trace(try lower(errnoRet, limit: 0xffff, pointer: pointer))
        }
        if errnoRet != nil {
            throw .invalid(at: pointer("errnoRet"), reason: "action '\(action.rawValue)' takes no errno")
        }
        return fixed
    }

    private static func lower(
        _ errnoRet: UInt32?, limit: UInt32, pointer: (String) -> String
    ) throws(SeccompError) -> UInt16 {
        let number = errnoRet ?? 1
        guard number <= limit else { throw .invalid(at: pointer("errnoRet"), reason: "\(number) is above \(limit)") }
        return UInt16(number)
    }

    /// The kernel knows errors up to 4095, libseccomp's `SCMP_ACT_ERRNO` to one less.
    private static let errnoLimit: UInt32 = 4094

    /// A profile comes from outside: what it costs us is bounded before any work on it.
    private func checkBounds() throws(SeccompError) {
        let names = rules.reduce(0) { $0 + $1.names.count }
        if names > Self.nameLimit {
            throw .tooLarge(reason: "\(names) system call names, the limit is \(Self.nameLimit)")
        }
        let bytes = rules.reduce(0) { sum, rule in
            rule.names.reduce(sum + 17 * rule.comparisons.count) { $0 + $1.utf8.count }
        }
        if bytes > Self.byteLimit { throw .tooLarge(reason: "\(bytes) bytes of rules, the limit is \(Self.byteLimit)") }
    }

    /// The profile as `linux.seccomp` says it.
    public var specification: Seccomp {
        Seccomp(
            defaultAction: defaultAction.specAction, defaultErrnoRet: defaultAction.specErrno, architectures: architectures,
            flags: flags.specFlags, syscalls: rules.map(\.specification))
    }
}

extension Profile.Rule {
    fileprivate var specification: Seccomp.Syscall {
        let arguments = comparisons.map {
            Seccomp.Argument(index: UInt32($0.index), value: $0.value, valueTwo: $0.valueTwo, op: $0.operation)
        }
        return Seccomp.Syscall(names: names, action: action.specAction, errnoRet: action.specErrno, args: arguments)
    }
}

extension FilterFlags {
    fileprivate var specFlags: [SeccompFlag] {
        let all: [(FilterFlags, SeccompFlag)] = [
            (.tsync, .tsync), (.log, .log), (.specAllow, .specAllow), (.waitKillableRecv, .waitKillableRecv),
        ]
        return all.filter { contains($0.0) }.map(\.1)
    }
}
