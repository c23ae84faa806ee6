import LinuxKernel
import OCISpec
import SeededRandom
import Testing

@testable import Cgroups

/// What the kernel does with a program of ours: the operations that it uses, on the context of `BPF_PROG_TYPE_CGROUP_DEVICE`.
private struct Interpreter {
    enum Failure: Error {
        case unknown(UInt8)
        case ranOff
        case uninitialized(UInt8)
        case endless
    }

    let code: [BPFInstruction]

    func run(_ context: [UInt32]) throws -> UInt64 {
        var registers = [UInt64?](repeating: nil, count: 11)
        registers[1] = 0
        var at = 0
        for _ in 0..<1_000_000 {
            guard code.indices.contains(at) else { throw Failure.ranOff }
            let instruction = code[at]
            at += 1
            func value(_ register: UInt8) throws -> UInt64 {
                guard let value = registers[Int(register)] else { throw Failure.uninitialized(register) }
                return value
            }
            let target = Int(instruction.destination)
            let low = UInt32(bitPattern: instruction.immediate)
            switch instruction.operation {
            case 0x61: registers[target] = UInt64(context[Int(try value(instruction.source)) + Int(instruction.offset) / 4])
            case 0xbc: registers[target] = UInt64(UInt32(truncatingIfNeeded: try value(instruction.source)))
            case 0x54: registers[target] = UInt64(UInt32(truncatingIfNeeded: try value(instruction.destination)) & low)
            case 0x74: registers[target] = UInt64(UInt32(truncatingIfNeeded: try value(instruction.destination)) >> low)
            case 0xb7: registers[target] = UInt64(bitPattern: Int64(instruction.immediate))
            case 0x16, 0x56:
                let equal = UInt32(truncatingIfNeeded: try value(instruction.destination)) == low
                if equal == (instruction.operation == 0x16) { at += Int(instruction.offset) }
            case 0x95: return try value(0)
            case let other: throw Failure.unknown(other)
            }
        }
        throw Failure.endless
    }
}

/// One question of the kernel.
private struct Question {
    let type: DeviceRuleType
    let access: DeviceAccess
    let major: UInt32
    let minor: UInt32

    var context: [UInt32] {
        let bits: UInt32 =
            (access.contains(.mknod) ? 1 : 0) | (access.contains(.read) ? 2 : 0) | (access.contains(.write) ? 4 : 0)
        return [bits << 16 | (type == .block ? 1 : 2), major, minor]
    }

    /// The answer by the specification: each access by the last rule for it.
    func isAllowed(by rules: [Resources.DeviceRule]) -> Bool {
        [DeviceAccess.read, .write, .mknod].filter(access.contains).allSatisfy { single in
            rules.last { rule in
                (rule.type == .all || rule.type == type) && (rule.major ?? major) == major && (rule.minor ?? minor) == minor
                    && rule.access.contains(single)
            }?.allow ?? false
        }
    }

    func isAllowed(by program: DeviceProgram) throws -> Bool {
        try Interpreter(code: program.instructions).run(context) == 1
    }
}

@Suite struct DeviceProgramTests {
    @Test func theLastMatchingRuleWins() throws {
        let rules: [Resources.DeviceRule] = [
            .init(allow: false), .init(allow: true, type: .character, major: 1),
            .init(allow: false, type: .character, major: 1, minor: 3, access: .write),
        ]
        let program = DeviceProgram(rules: rules)
        #expect(try Question(type: .character, access: .read, major: 1, minor: 3).isAllowed(by: program))
        #expect(try !Question(type: .character, access: [.read, .write], major: 1, minor: 3).isAllowed(by: program))
        #expect(try Question(type: .character, access: .all, major: 1, minor: 4).isAllowed(by: program))
        #expect(try !Question(type: .block, access: .read, major: 1, minor: 4).isAllowed(by: program))
    }

    @Test func accessesMayComeFromDifferentRules() throws {
        let program = DeviceProgram(rules: [
            .init(allow: true, type: .block, major: 8, access: .read),
            .init(allow: true, type: .block, major: 8, minor: 1, access: .write),
        ])
        #expect(try Question(type: .block, access: [.read, .write], major: 8, minor: 1).isAllowed(by: program))
        #expect(try !Question(type: .block, access: [.read, .write], major: 8, minor: 2).isAllowed(by: program))
    }

    @Test func numbersAreUnsigned() throws {
        let program = DeviceProgram(rules: [.init(allow: true, type: .character, major: .max, minor: 1 << 31)])
        #expect(try Question(type: .character, access: .read, major: .max, minor: 1 << 31).isAllowed(by: program))
        #expect(try !Question(type: .character, access: .read, major: 0, minor: 1 << 31).isAllowed(by: program))
    }

    @Test func nothingAskedIsAllowed() throws {
        #expect(try Question(type: .character, access: [], major: 1, minor: 1).isAllowed(by: DeviceProgram(rules: [])))
    }

    @Test func everythingAllowedNeedsNoProgram() {
        #expect(DeviceProgram(rules: [.init(allow: false), .init(allow: true)]).allowsEverything)
        #expect(!DeviceProgram(rules: [.init(allow: true), .init(allow: false, type: .block, access: .mknod)]).allowsEverything)
        #expect(!DeviceProgram(rules: []).allowsEverything)
    }

    @Test func instructionsHaveTheKernelsBytes() {
        let instruction = BPFInstruction(operation: 0x61, destination: 2, source: 1, offset: -2, immediate: -1)
        #expect(instruction.encoded == 0xffff_ffff_fffe_1261)
    }

    /// A thousand random lists of rules on a small world of devices, each question answered as the specification would.
    @Test func randomRulesAreAnsweredAsTheSpecificationSays() throws {
        var random = SplitMix(state: 2026)
        let types: [DeviceRuleType] = [.all, .block, .character]
        for round in 0..<1000 {
            let rules = (0..<Int.random(in: 0...8, using: &random)).map { _ in
                Resources.DeviceRule(
                    allow: .random(using: &random), type: types[Int.random(in: 0...2, using: &random)],
                    major: [nil, 1, 2][Int.random(in: 0...2, using: &random)],
                    minor: [nil, 1, 2][Int.random(in: 0...2, using: &random)],
                    access: DeviceAccess(rawValue: UInt8.random(in: 1...7, using: &random)))
            }
            let program = DeviceProgram(rules: rules)
            for bits in UInt8(0)...7 {
                for type in [DeviceRuleType.block, .character] {
                    for major in UInt32(1)...3 {
                        for minor in UInt32(1)...3 {
                            let question = Question(type: type, access: DeviceAccess(rawValue: bits), major: major, minor: minor)
                            let answer = try question.isAllowed(by: program)
                            if answer != question.isAllowed(by: rules) {
                                Issue.record("round \(round): \(question) by \(rules.map { "\($0.allow) \($0.text)" })")
                                return
                            }
                        }
                    }
                }
            }
        }
    }

    /// v1's list of exceptions, where it can say what the rules say, must say the same.
    @Test func v1ListsSayTheSameAsTheRules() throws {
        var random = SplitMix(state: 7)
        var expressible = 0
        for _ in 0..<2000 {
            let rules = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                Resources.DeviceRule(
                    allow: .random(using: &random), type: [.all, .block, .character][Int.random(in: 0...2, using: &random)],
                    major: [nil, 1, 2][Int.random(in: 0...2, using: &random)],
                    minor: [nil, 1][Int.random(in: 0...1, using: &random)],
                    access: DeviceAccess(rawValue: UInt8.random(in: 1...7, using: &random)))
            }
            var list = DeviceExceptionList()
            do { for rule in rules { try list.apply(rule) } } catch { continue }
            expressible += 1
            for bits in UInt8(1)...7 {
                for major in UInt32(1)...3 {
                    for minor in UInt32(1)...2 {
                        let question = Question(type: .block, access: DeviceAccess(rawValue: bits), major: major, minor: minor)
                        let answer = list.isAllowed(question.type, major, minor, question.access)
                        #expect(
                            answer == question.isAllowed(by: rules), "\(question) by \(rules.map { "\($0.allow) \($0.text)" })")
                    }
                }
            }
        }
        #expect(expressible > 200)
    }
}

extension DeviceExceptionList {
    /// As `devcgroup_check_permission` of the kernel decides: in a list of what is allowed one entry must cover the whole access, in a list of
    /// what is denied none may touch it.
    fileprivate func isAllowed(_ type: DeviceRuleType, _ major: UInt32, _ minor: UInt32, _ access: DeviceAccess) -> Bool {
        let matching = exceptions.filter { $0.type == type && ($0.major ?? major) == major && ($0.minor ?? minor) == minor }
        if allowsByDefault { return matching.allSatisfy { $0.access.isDisjoint(with: access) } }
        return matching.contains { access.isSubset(of: $0.access) }
    }
}
