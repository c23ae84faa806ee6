import OCISpec
import Testing

@testable import SeccompFilter

@Suite("rules and architectures") struct RuleTests {
    private let killThread = FilterAction.killThread.kernelValue

    @Test("without architectures only the native one passes: others, x32 and unknown ones kill the thread")
    func nativeOnly() throws {
        let filter = try compile(Profile(defaultAction: .allow))
        #expect(filter.verdict(SystemCall(Number.read)) == allow)
        for architecture in [Arch.x86, Arch.aarch64, 0, 0xdead_beef] {
            #expect(filter.verdict(SystemCall(Number.read, architecture)) == killThread, "\(architecture)")
        }
        #expect(filter.verdict(SystemCall(Arch.x32Bit + Number.read)) == killThread)
        #expect(filter.verdict(SystemCall(-1)) != killThread, "x32's bit in a negative number is no x32")
    }

    @Test("each architecture has its own numbers")
    func severalArchitectures() throws {
        let filter = try compile(
            Profile(
                defaultAction: .errno(ENOSYS), architectures: [.x86, .x32, .x86_64, .aarch64],
                rules: [.init(.allow, ["read"]), .init(.errno(5), ["write"])]))
        #expect(filter.verdict(SystemCall(0)) == allow)
        #expect(filter.verdict(SystemCall(3)) == errno(ENOSYS))
        #expect(filter.verdict(SystemCall(3, Arch.x86)) == allow)
        #expect(filter.verdict(SystemCall(4, Arch.x86)) == errno(5))
        #expect(filter.verdict(SystemCall(0, Arch.x86)) == errno(ENOSYS))
        #expect(filter.verdict(SystemCall(63, Arch.aarch64)) == allow)
        #expect(filter.verdict(SystemCall(Arch.x32Bit)) == allow)
        #expect(filter.verdict(SystemCall(Arch.x32Bit + 1)) == errno(5))
        #expect(filter.verdict(SystemCall(0, 0x4000_0028)) == killThread)
    }

    @Test("a comparison on 32-bit x86 looks at its 32 bits")
    func narrowArguments() throws {
        let filter = try compile(
            Profile(
                defaultAction: .errno(ENOSYS), architectures: [.x86],
                rules: [.init(.allow, ["read"], where: [.init(argument: 0, .equal, 0xffff_ffff)])]))
        #expect(filter.verdict(SystemCall(Number.readOfX86, Arch.x86, [0xffff_ffff])) == allow)
        #expect(filter.verdict(SystemCall(Number.readOfX86, Arch.x86, [1])) == errno(ENOSYS))
    }

    @Test("unknown names are skipped and told once; names of other architectures do nothing and are fine")
    func unknownNames() throws {
        let filter = try compile(
            Profile(
                defaultAction: .errno(ENOSYS),
                rules: [
                    .init(.allow, ["read", "no_such_call", "riscv_flush_icache", "", "read\0x", "-1", "0"]),
                    .init(.errno(1), ["no_such_call"]),
                ]))
        #expect(filter.skipped == ["no_such_call", "", "read\0x", "-1", "0"])
        #expect(filter.verdict(SystemCall(Number.read)) == allow)
        #expect(filter.verdict(SystemCall(Number.write)) == errno(ENOSYS))
        let alone = try compile(Profile(defaultAction: .errno(ENOSYS), rules: [.init(.allow, ["read"])]))
        #expect(filter.program == alone.program, "a call of another architecture cost instructions")
    }

    @Test("an architecture that this libseccomp lacks is named")
    func unknownArchitecture() {
        let profile = Profile(defaultAction: .allow, architectures: [.m68k])
        let message = failure { () throws(SeccompError) in _ = try compile(profile) }
        #expect(message == "seccomp architecture 'SCMP_ARCH_M68K': not known to this libseccomp")
    }

    @Test("rules with the default's action are left out, with another errno they count")
    func defaultActionRules() throws {
        let filter = try compile(
            Profile(defaultAction: .errno(1), rules: [.init(.errno(1), ["read"]), .init(.errno(2), ["write"])]))
        #expect(filter.verdict(SystemCall(Number.read)) == errno(1))
        #expect(filter.verdict(SystemCall(Number.write)) == errno(2))
    }

    @Test("a rule without conditions replaces those with, before or after it, and a warning says so")
    func unconditionalWins() throws {
        let condition = [Profile.Comparison(argument: 0, .equal, 3)]
        let general = Profile.Rule(.allow, ["read"])
        let special = Profile.Rule(.errno(5), ["read"], where: condition)
        let orders: [([Profile.Rule], String)] = [
            ([general, special], "a rule for 'read' has no effect: an earlier one has no conditions"),
            ([special, general], "rules for 'read' have no effect: a later one has no conditions"),
        ]
        for (rules, warning) in orders {
            let filter = try compile(Profile(defaultAction: .errno(ENOSYS), rules: rules))
            #expect(filter.verdict(SystemCall(Number.read, Arch.x86_64, [3])) == allow)
            #expect(filter.warnings == [warning])
        }
        let same = [Profile.Rule(.allow, ["read"], where: condition), general, general]
        #expect(try compile(Profile(defaultAction: .errno(ENOSYS), rules: same)).warnings == [])
    }

    @Test("of two contradicting rules without conditions the first counts; under the same conditions they are an error")
    func contradictions() throws {
        let first = try compile(
            Profile(defaultAction: .errno(ENOSYS), rules: [.init(.errno(5), ["read"]), .init(.allow, ["read"])]))
        #expect(first.verdict(SystemCall(Number.read)) == errno(5))
        #expect(first.warnings.count == 1)
        let condition = [Profile.Comparison(argument: 0, .equal, 3)]
        let profile = Profile(
            defaultAction: .errno(ENOSYS),
            rules: [.init(.errno(5), ["read"], where: condition), .init(.allow, ["read"], where: condition)])
        let message = failure { () throws(SeccompError) in _ = try compile(profile) }
        #expect(message == "seccomp rules for 'read': same conditions, different actions")
    }

    @Test("a default of kill leaves only what is listed; profiles that stop execve, exit_group or write compile too")
    func defaultKill() throws {
        let filter = try compile(
            Profile(
                defaultAction: .killProcess,
                rules: [.init(.allow, ["read"]), .init(.errno(1), ["execve", "exit_group", "write"])]))
        #expect(filter.verdict(SystemCall(Number.read)) == allow)
        #expect(filter.verdict(SystemCall(Number.write)) == errno(1))
        #expect(filter.verdict(SystemCall(Number.open)) == 0x8000_0000)
    }

    @Test("more than 4096 instructions are a clear error, not the kernel's EINVAL")
    func tooLong() {
        let rules = (UInt64(0)..<3000).map { Profile.Rule(.allow, ["read"], where: [.init(argument: 0, .equal, $0 << 32 | $0)]) }
        let message = failure { () throws(SeccompError) in _ = try compile(Profile(defaultAction: .errno(1), rules: rules)) }
        #expect(message?.hasSuffix("instructions, the kernel takes 4096") == true, "\(message ?? "compiled")")
    }

    @Test(
        "the number of rules changes libseccomp's form of the program, never what it says",
        arguments: [0, 1, 31, 32, 33, 34, 64, 200])
    func manyRules(_ count: Int) throws {
        let names = Array(DefaultProfile.always.prefix(count))
        let architectures: [SeccompArchitecture] = [.x86, .x32]
        let filter = try compile(
            Profile(defaultAction: .errno(9), architectures: architectures, rules: names.isEmpty ? [] : [.init(.allow, names)]))
        let allowed = Set(fixtureCalls.filter { names.contains($0.name) && !filter.skipped.contains($0.name) }.map(\.number))
        for number in 0...600 {
            #expect(filter.verdict(SystemCall(number)) == (allowed.contains(number) ? allow : errno(9)), "\(number)")
        }
        #expect(filter.verdict(SystemCall(0, Arch.aarch64)) == killThread)
    }
}
