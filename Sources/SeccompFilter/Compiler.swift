import CSeccomp
internal import LinuxKernel
internal import LinuxTypes
internal import OCISpec

/// Compiles a profile through libseccomp: milliseconds for a long one, see `FilterCache`. docs/seccomp.md has the meaning of
/// rules that overlap. Throws for an action or an architecture that kernel or library do not know, for contradicting rules and
/// for a program too long.
public func compile(_ profile: Profile) throws(SeccompError) -> Filter {
    if let action = profile.actionUnknownToKernel { throw .unknownToKernel(action.specAction.rawValue) }
    let context = try FilterContext(defaultAction: profile.defaultAction)
    try context.configure(for: profile)
    var compiler = Compiler(context, architectures: profile.architectures)
    for rule in profile.rules where rule.action != profile.defaultAction { try compiler.add(rule) }
    return try compiler.finish(profile)
}

private struct Compiler: ~Copyable {
    private let context: FilterContext
    /// libseccomp's tokens of the filter's architectures.
    private let architectures: [UInt32]
    /// nil for a name that libseccomp does not know, or none of the architectures has.
    private var numbers: [String: Int32?] = [:]
    /// How a system call's rules look so far, to find those that others make void.
    private var seen: [Int32: Seen] = [:]
    private var skipped: [String] = []
    private var warnings: [String] = []

    private enum Seen {
        case unconditional(FilterAction)
        case conditional(name: String, ProgramCheck.Alternatives)
    }

    init(_ context: consuming FilterContext, architectures: [SeccompArchitecture]) {
        self.context = context
        self.architectures = [seccomp_arch_native()] + architectures.map(\.token)
    }

    mutating func add(_ rule: Profile.Rule) throws(SeccompError) {
        let alternatives = conditions(of: rule)
        for name in rule.names {
            guard let number = number(of: name) else { continue }
            note(rule.action, name: name, number: number, alternatives)
            for comparisons in alternatives {
                try context.add(rule.action, number: number, name: name, comparisons)
            }
        }
    }

    /// The conjunctions that libseccomp is given. It takes one comparison for each argument; where a rule has two, every
    /// comparison of the rule stands alone, as in runc and crun: profiles rely on it to list the values that an argument may
    /// have.
    private mutating func conditions(of rule: Profile.Rule) -> [[Profile.Comparison]] {
        let possible = rule.comparisons.filter { comparison in
            // libseccomp would mask the wanted value too and let more calls match than the profile says.
            comparison.operation != .maskedEqual || comparison.valueTwo & ~comparison.value == 0
        }
        let names = rule.names.joined(separator: " ")
        let indices = rule.comparisons.map(\.index)
        if Set(indices).count < indices.count {
            warnings.append("rule for '\(names)' compares an argument twice: each of its comparisons counts alone")
            return possible.map { [$0] }
        }
        if possible.count < rule.comparisons.count {
            warnings.append("rule for '\(names)' never matches: it wants bits that its mask leaves out")
            return []
        }
        return [rule.comparisons]
    }

    private mutating func number(of name: String) -> Int32? {
        if let known = numbers[name] { return known }
        // A NUL would end the name early and mean another call.
        let resolved = name.utf8.contains(0) ? unknownSystemCall : seccomp_syscall_resolve_name(name)
        if resolved == unknownSystemCall { skipped.append(name) }
        let isPresent = architectures.contains { seccomp_syscall_resolve_name_arch($0, name) > absentSystemCall }
        let number: Int32? = resolved != unknownSystemCall && isPresent ? resolved : nil
        numbers[name] = .some(number)
        return number
    }

    /// In libseccomp a rule without conditions replaces those with, before and after it; of two without, the first counts.
    private mutating func note(_ action: FilterAction, name: String, number: Int32, _ alternatives: [[Profile.Comparison]]) {
        let isConditional = alternatives != [[]]
        switch seen[number] {
        case .unconditional(let first):
            if first != action { warnings.append("a rule for '\(name)' has no effect: an earlier one has no conditions") }
        case .conditional(_, let earlier) where !isConditional:
            if earlier.contains(where: { $0.action != action }) {
                warnings.append("rules for '\(name)' have no effect: a later one has no conditions")
            }
            seen[number] = .unconditional(action)
        case .conditional(_, let earlier):
            seen[number] = .conditional(name: name, earlier + alternatives.map { (action, $0) })
        case nil:
            seen[number] = isConditional ? .conditional(name: name, alternatives.map { (action, $0) }) : .unconditional(action)
        }
    }

    consuming func finish(_ profile: Profile) throws(SeccompError) -> Filter {
        let bytes = try context.export()
        let instructions = [FilterInstruction](libraryBytes: bytes)
        if instructions.count > instructionLimit { throw .programTooLong(instructions.count) }
        let check = ProgramCheck(
            program: instructions, defaultAction: profile.defaultAction, architecture: seccomp_arch_native())
        for (number, seen) in seen.sorted(by: { $0.key < $1.key }) where number >= 0 {
            guard case .conditional(let name, let alternatives) = seen else { continue }
            switch check.deviation(of: alternatives, number: number) {
            case .weaker: throw .miscompiled(systemCall: name)
            case .other: warnings.append("libseccomp's program for '\(name)' differs from its rules, and lets no more pass")
            case nil: break
            }
        }
        let program = Program(instructions: instructions, flags: profile.flags.subtracting(.waitKillableRecv).rawValue)
        return Filter(program: program, skipped: skipped, warnings: warnings)
    }
}

/// `BPF_MAXINSNS`.
let instructionLimit = 4096

/// `__NR_SCMP_ERROR`.
private let unknownSystemCall: Int32 = -1

/// `__PNR_*` of `seccomp-syscalls.h`: from here down are the numbers of calls that an architecture does not have. libseccomp
/// would make useless instructions of them. Between the two are the parts of socketcall and ipc.
private let absentSystemCall: Int32 = -10_000

extension [FilterInstruction] {
    /// `struct sock_filter` after `struct sock_filter` in the machine's byte order; bytes beyond the last whole one are left out.
    init(libraryBytes bytes: some RandomAccessCollection<UInt8>) {
        let bytes = ContiguousArray(bytes)
        self = bytes.withUnsafeBytes { raw in
            (0..<raw.count / 8).map { index in
                let at = index * 8
                return FilterInstruction(
                    code: raw.loadUnaligned(fromByteOffset: at, as: UInt16.self), jumpTrue: raw[at + 2], jumpFalse: raw[at + 3],
                    constant: raw.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self))
            }
        }
    }
}

extension Profile {
    /// The strongest reason not to compile: libseccomp asks the kernel too, but only says EINVAL.
    var actionUnknownToKernel: FilterAction? {
        let used = Set(rules.map(\.action)).union([defaultAction])
        return used.first { !kernelKnowsSeccompAction($0.kernelKind) }
    }
}
