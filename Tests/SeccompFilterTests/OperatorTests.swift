import LinuxTypes
import OCISpec
import SeededRandom
import Testing

@testable import SeccompFilter

@Suite("operators") struct OperatorTests {
    private static let edges: [UInt64] = [
        0, 1, 2, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff, 0x1_0000_0000, 0x1_0000_0001, 0x2_0000_0000,
        0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0xffff_ffff_0000_0000, 0xffff_ffff_ffff_fffe, 0xffff_ffff_ffff_ffff,
    ]

    @Test("every operator compares all 64 bits, at every edge", arguments: SeccompOperator.allCases)
    func operators(_ operation: SeccompOperator) throws {
        for value in Self.edges {
            let wanted = operation == .maskedEqual ? [0, value, value & 0xffff_ffff, value & 0xf_0000_0001] : [0]
            for valueTwo in Set(wanted) {
                let comparison = Profile.Comparison(argument: 2, operation, value, valueTwo)
                let filter = try compile(reading([comparison]))
                for argument in Self.edges {
                    let verdict = filter.verdict(SystemCall(Number.read, Arch.x86_64, [9, 9, argument]))
                    let expected = comparison.holds(argument) ? allow : errno(ENOSYS)
                    #expect(verdict == expected, "\(argument) \(operation) \(value) \(valueTwo)")
                }
            }
        }
    }

    @Test("each of the six arguments is the one compared", arguments: UInt8(0)...5)
    func everyArgument(_ index: UInt8) throws {
        let filter = try compile(reading([.init(argument: index, .equal, 7)]))
        for position in 0..<6 {
            var arguments = [UInt64](repeating: 0, count: 6)
            arguments[position] = 7
            let verdict = filter.verdict(SystemCall(Number.read, Arch.x86_64, arguments))
            #expect(verdict == (position == Int(index) ? allow : errno(ENOSYS)), "argument \(position)")
        }
    }

    @Test("the comparisons of one rule must all hold, of several rules one is enough")
    func conjunctionAndAlternatives() throws {
        let filter = try compile(
            Profile(
                defaultAction: .errno(ENOSYS),
                rules: [
                    .init(.allow, ["read"], where: [.init(argument: 0, .equal, 1), .init(argument: 1, .greaterThan, 5)]),
                    .init(.allow, ["read"], where: [.init(argument: 0, .equal, 2)]),
                ]))
        let cases: [([UInt64], Bool)] = [
            ([1, 6], true), ([1, 5], false), ([2, 0], true), ([3, 6], false), ([0, 0], false), ([1, 1 << 40], true),
        ]
        for (arguments, allowed) in cases {
            let verdict = filter.verdict(SystemCall(Number.read, Arch.x86_64, arguments))
            #expect(verdict == (allowed ? allow : errno(ENOSYS)), "\(arguments)")
        }
    }

    @Test("two comparisons of one argument in a rule are alternatives, as in runc and crun, and a warning says so")
    func duplicateArgument() throws {
        let filter = try compile(reading([.init(argument: 0, .equal, 1), .init(argument: 0, .equal, 5)]))
        let verdicts = (UInt64(0)...6).map { filter.verdict(SystemCall(Number.read, Arch.x86_64, [$0])) == allow }
        #expect(verdicts == [false, true, false, false, false, true, false])
        #expect(filter.warnings == ["rule for 'read' compares an argument twice: each of its comparisons counts alone"])
    }

    @Test("a masked value with bits outside the mask never matches; libseccomp alone would match")
    func impossibleMask() throws {
        let filter = try compile(reading([.init(argument: 0, .maskedEqual, 0xff, 0x100)]))
        for argument: UInt64 in [0, 0x100, 0x1ff] {
            #expect(filter.verdict(SystemCall(Number.read, Arch.x86_64, [argument])) == errno(ENOSYS), "\(argument)")
        }
        #expect(filter.warnings == ["rule for 'read' never matches: it wants bits that its mask leaves out"])
    }

    /// Only comparisons that libseccomp gets right in any mixture.
    @Test(
        "random rules of one call give the action of a rule that matches, or the default where none does",
        arguments: UInt64(0)..<60)
    func randomRules(_ seed: UInt64) throws {
        var generator = SplitMix(state: seed)
        let rules = Self.randomRules(&generator)
        guard let filter = try Self.compileUnlessContradicting(rules) else { return }
        for a in Self.values {
            for b in Self.values {
                for c in Self.values {
                    let arguments = [a, b, c]
                    let matching = rules.filter { $0.comparisons.allSatisfy { $0.holds(arguments[Int($0.index)]) } }
                    let expected = matching.isEmpty ? [errno(ENOSYS)] : Set(matching.map(\.action.kernelValue))
                    let verdict = filter.verdict(SystemCall(Number.read, Arch.x86_64, arguments))
                    #expect(verdict.map(expected.contains) == true, "seed \(seed), \(arguments), \(rules)")
                }
            }
        }
    }

    private static let values: [UInt64] = [0, 1, 3, 0x10, 0xffff_ffff, 0x1_0000_0000, 0x1_0000_0003, .max]

    private static func randomRules(_ generator: inout SplitMix) -> [Profile.Rule] {
        let actions: [FilterAction] = [.allow, .errno(5), .log]
        return (0..<Int.random(in: 1...5, using: &generator)).map { _ in
            let indices = [UInt8(0), 1, 2].shuffled(using: &generator).prefix(Int.random(in: 1...3, using: &generator))
            let comparisons = indices.map { randomComparison($0, &generator) }
            return Profile.Rule(actions[Int.random(in: 0..<3, using: &generator)], ["read"], where: comparisons)
        }
    }

    private static func randomComparison(_ index: UInt8, _ generator: inout SplitMix) -> Profile.Comparison {
        let operations: [SeccompOperator] = [.equal]
        let operation = operations[Int.random(in: 0..<operations.count, using: &generator)]
        let value = values[Int.random(in: 0..<values.count, using: &generator)]
        let mask = values[Int.random(in: 0..<values.count, using: &generator)]
        return Profile.Comparison(argument: index, operation, value, operation == .maskedEqual ? value & mask : 0)
    }

    private static func compileUnlessContradicting(_ rules: [Profile.Rule]) throws(SeccompError) -> SeccompFilter.Filter? {
        do throws(SeccompError) {
            return try compile(Profile(defaultAction: .errno(ENOSYS), rules: rules))
        } catch {
            if case .conflict = error { return nil }
            throw error
        }
    }
}

@Suite("libseccomp held to its orders") struct ProgramCheckTests {
    /// libseccomp 2.5.4 forgets `< 3` where the upper halves are equal and refuses 0 … 2 that both rules let pass.
    private let overlapping: [[Profile.Comparison]] = [
        [.init(argument: 1, .lessThan, 3)], [.init(argument: 1, .lessThan, 0x1_0000_0003)], [.init(argument: 0, .lessThan, 0)],
    ]

    @Test("a program that is stricter than its rules is a warning")
    func stricter() throws {
        let rules = overlapping.map { Profile.Rule(.allow, ["read"], where: $0) }
        let filter = try compile(Profile(defaultAction: .errno(ENOSYS), rules: rules))
        let isWrong = filter.verdict(SystemCall(Number.read, Arch.x86_64, [0, 3])) != allow
        let warning = "libseccomp's program for 'read' differs from its rules, and lets no more pass"
        #expect(filter.warnings == (isWrong ? [warning] : []))
    }

    @Test("a program that lets more pass than its rules is an error")
    func weaker() {
        let profile = Profile(
            defaultAction: .allow, rules: overlapping.map { Profile.Rule(.errno(5), ["read"], where: $0) })
        let message = failure { () throws(SeccompError) in _ = try compile(profile) }
        #expect(message == "seccomp rules for 'read': libseccomp lets more pass than they say, they overlap in too many ways")
    }

    @Test("every wrong verdict is found at the bounds", arguments: [UInt64(0), 2, 3, 4])
    func find(_ bound: UInt64) {
        let alternatives: ProgramCheck.Alternatives = [(.allow, [.init(argument: 0, .lessThan, 3)])]
        // LD nr; LD low half of argument 0; JGE bound: ENOSYS, else ALLOW.
        let program: [FilterInstruction] = [
            .init(code: 0x20, jumpTrue: 0, jumpFalse: 0, constant: 20), .init(code: 0x25, jumpTrue: 2, jumpFalse: 0, constant: 0),
            .init(code: 0x20, jumpTrue: 0, jumpFalse: 0, constant: 16),
            .init(code: 0x35, jumpTrue: 0, jumpFalse: 1, constant: UInt32(bound)),
            .init(code: 0x06, jumpTrue: 0, jumpFalse: 0, constant: errno(ENOSYS)),
            .init(code: 0x06, jumpTrue: 0, jumpFalse: 0, constant: allow),
        ]
        let check = ProgramCheck(program: program, defaultAction: .errno(ENOSYS), architecture: Arch.x86_64)
        let found = check.deviation(of: alternatives, number: 0)
        switch bound {
        case 3: #expect(found == nil)
        case 4: #expect(found == .weaker)
        default: #expect(found == .other)
        }
    }
}
