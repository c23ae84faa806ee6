internal import LinuxTypes
internal import OCISpec

/// Holds libseccomp to its orders. 2.5.4 makes wrong programs of some rules whose comparisons overlap, as `< 3`
/// beside `< 0x1_0000_0003`: the program is run, before the kernel sees it, on arguments around every bound that the rules name.
struct ProgramCheck {
    let program: [FilterInstruction]
    let defaultAction: FilterAction
    /// `AUDIT_ARCH_*`; the logic of the other architectures' parts is the same.
    let architecture: UInt32

    /// The conditional rules of one system call, alternatives of each other.
    typealias Alternatives = [(action: FilterAction, comparisons: [Profile.Comparison])]

    enum Deviation {
        /// Something passes that no rule lets pass.
        case weaker
        /// Something is refused, or answered by another number, that the rules say otherwise.
        case other
    }

    /// Samples for one system call at most.
    private static let sampleLimit = 1024

    /// How the program differs from the rules; nil where no sample shows that it does.
    func deviation(of alternatives: Alternatives, number: Int32) -> Deviation? {
        let indices = Set(alternatives.flatMap { $0.comparisons.map(\.index) }).sorted()
        let values = indices.map { Self.samples(of: alternatives, argument: $0, limit: Self.limit(arguments: indices.count)) }
        var found: Deviation?
        var picks = [Int](repeating: 0, count: indices.count)
        while true {
            var arguments = [UInt64](repeating: 0, count: 6)
            for (position, index) in indices.enumerated() { arguments[Int(index)] = values[position][picks[position]] }
            switch deviation(of: alternatives, number: number, arguments) {
            case .weaker: return .weaker
            case .other: found = .other
            case nil: break
            }
            guard let position = picks.indices.first(where: { picks[$0] + 1 < values[$0].count }) else { return found }
            picks[position] += 1
            for earlier in 0..<position { picks[earlier] = 0 }
        }
    }

    private func deviation(of alternatives: Alternatives, number: Int32, _ arguments: [UInt64]) -> Deviation? {
        let matching = alternatives.filter { $0.comparisons.allSatisfy { $0.holds(arguments[Int($0.index)]) } }
        let expected = matching.isEmpty ? [defaultAction.kernelValue] : matching.map(\.action.kernelValue)
        guard let verdict = run(number, arguments) else { return .weaker }
        if expected.contains(verdict) { return nil }
        return expected.allSatisfy { Self.rank(verdict) > Self.rank($0) } ? .weaker : .other
    }

    /// The kernel's precedence: among several verdicts it takes the lowest.
    private static func rank(_ verdict: UInt32) -> Int32 { Int32(bitPattern: verdict & 0xffff_0000) }

    private static func limit(arguments: Int) -> Int {
        switch arguments {
        case 0, 1: sampleLimit
        case 2: 32
        case 3: 10
        default: 3
        }
    }

    /// Values of one argument at, beside and across the halves of every bound; spread evenly where there are more than `limit`.
    private static func samples(of alternatives: Alternatives, argument: UInt8, limit: Int) -> [UInt64] {
        var values: Set<UInt64> = [0, .max]
        for comparison in alternatives.flatMap(\.comparisons) where comparison.index == argument {
            let wanted = comparison.operation == .maskedEqual ? comparison.valueTwo : comparison.value
            values.formUnion([wanted, wanted &- 1, wanted &+ 1, wanted ^ 1 << 32])
            if comparison.operation == .maskedEqual { values.insert(wanted | ~comparison.value) }
        }
        let sorted = values.sorted()
        if sorted.count <= limit { return sorted }
        return (0..<limit).map { sorted[$0 * sorted.count / limit] }
    }
}

extension ProgramCheck {
    /// What the kernel would answer, `SECCOMP_RET_*`; nil for a program that it would refuse. `nr`, `arch`, the instruction
    /// pointer and the arguments, lower half first, are the words of `struct seccomp_data`.
    private func run(_ number: Int32, _ arguments: [UInt64]) -> UInt32? {
        var accumulator: UInt32 = 0
        var at = 0
        while at < program.count {
            let instruction = program[at]
            at += 1
            let condition: Bool
            switch instruction.code {
            case 0x20:  // LD W ABS
                switch instruction.constant {
                case 0: accumulator = UInt32(bitPattern: number)
                case 4: accumulator = architecture
                case let offset where offset >= 16 && offset < 64 && offset % 4 == 0:
                    accumulator = UInt32(truncatingIfNeeded: arguments[Int(offset - 16) / 8] >> UInt64(offset % 8 * 8))
                default: return nil
                }
                continue
            case 0x54:  // ALU AND K
                accumulator &= instruction.constant
                continue
            case 0x05:  // JMP JA
                at += Int(instruction.constant)
                continue
            case 0x06: return instruction.constant  // RET K
            case 0x15: condition = accumulator == instruction.constant
            case 0x25: condition = accumulator > instruction.constant
            case 0x35: condition = accumulator >= instruction.constant
            case 0x45: condition = accumulator & instruction.constant != 0
            default: return nil
            }
            at += Int(condition ? instruction.jumpTrue : instruction.jumpFalse)
        }
        return nil
    }
}

extension Profile.Comparison {
    /// Whether an argument satisfies the comparison, as the specification means it.
    func holds(_ argument: UInt64) -> Bool {
        switch operation {
        case .notEqual: argument != value
        case .lessThan: argument < value
        case .lessOrEqual: argument <= value
        case .equal: argument == value
        case .greaterOrEqual: argument >= value
        case .greaterThan: argument > value
        case .maskedEqual: argument & value == valueTwo
        }
    }
}
