import OCISpec
import Testing

@testable import SeccompFilter

@Suite("lowering linux.seccomp") struct LoweringTests {
    @Test(
        "every action reaches the program with its number",
        arguments: [
            (SeccompAction.kill, nil, UInt32(0)), (.killThread, nil, 0), (.killProcess, nil, 0x8000_0000),
            (.trap, nil, 0x0003_0000),
            (.errno, nil, 0x0005_0001), (.errno, 0, 0x0005_0000), (.errno, 99, 0x0005_0063), (.errno, 4094, 0x0005_0ffe),
            (.trace, nil, 0x7ff0_0001), (.trace, 0xffff, 0x7ff0_ffff), (.log, nil, 0x7ffc_0000), (.allow, nil, 0x7fff_0000),
        ] as [(SeccompAction, UInt32?, UInt32)])
    func actions(_ action: SeccompAction, _ number: UInt32?, _ expected: UInt32) throws {
        let other: SeccompAction = action == .trap ? .allow : .trap
        let asRule = Seccomp(defaultAction: other, syscalls: [.init(names: ["read"], action: action, errnoRet: number)])
        let rule = try compile(Profile(asRule))
        #expect(rule.verdict(SystemCall(Number.read)) == expected)
        #expect(rule.verdict(SystemCall(Number.write)) == (other == .trap ? 0x0003_0000 : allow))

        let asDefault = Seccomp(
            defaultAction: action, defaultErrnoRet: number, syscalls: [.init(names: ["read"], action: other)])
        let standard = try compile(Profile(asDefault))
        #expect(standard.verdict(SystemCall(Number.write)) == expected)
        #expect(standard.verdict(SystemCall(Number.read)) == (other == .trap ? 0x0003_0000 : allow))
    }

    @Test("flags become the kernel's; WAIT_KILLABLE_RECV is kept back while nothing is notified; none given is SPEC_ALLOW")
    func flags() throws {
        func loaded(_ flags: [SeccompFlag]?) throws -> UInt32 {
            try compile(Profile(Seccomp(defaultAction: .allow, flags: flags))).program.flags
        }
        #expect(try loaded([.tsync]) == 1)
        #expect(try loaded([.log]) == 2)
        #expect(try loaded([.specAllow]) == 4)
        #expect(try loaded([.waitKillableRecv]) == 0)
        #expect(try loaded([.tsync, .log, .specAllow, .waitKillableRecv]) == 7)
        #expect(try loaded([]) == 0)
        #expect(try loaded(nil) == 4)
    }

    @Test(
        "what has no meaning is refused with its place",
        arguments: [
            (
                Seccomp(defaultAction: .allow, defaultErrnoRet: 1),
                "'/linux/seccomp/defaultErrnoRet': action 'SCMP_ACT_ALLOW' takes no errno"
            ),
            (rule(.killProcess, errno: 5), "'/linux/seccomp/syscalls/1/errnoRet': action 'SCMP_ACT_KILL_PROCESS' takes no errno"),
            (rule(.errno, errno: 4095), "'/linux/seccomp/syscalls/1/errnoRet': 4095 is above 4094"),
            (rule(.trace, errno: 0x1_0000), "'/linux/seccomp/syscalls/1/errnoRet': 65536 is above 65535"),
            (rule(.allow, index: 6), "'/linux/seccomp/syscalls/1/args/0/index': system calls have arguments 0 to 5, not 6"),
            (rule(.allow, names: []), "'/linux/seccomp/syscalls/1/names': names no system call"),
            (rule(.notify), "'/linux/seccomp/syscalls/1/action': seccomp notify is not supported yet"),
            (Seccomp(defaultAction: .notify), "'/linux/seccomp/defaultAction': seccomp notify is not supported yet"),
            (
                Seccomp(defaultAction: .allow, listenerPath: "/s"),
                "'/linux/seccomp/listenerPath': seccomp notify is not supported yet"
            ),
            (
                Seccomp(defaultAction: .allow, listenerMetadata: "m"),
                "'/linux/seccomp/listenerMetadata': listenerMetadata has no meaning without listenerPath"
            ),
            (
                rule(.allow, names: [String](repeating: "read", count: 8193)),
                "seccomp profile: 8194 system call names, the limit is 8192"
            ),
            (
                rule(.allow, names: [String(repeating: "x", count: 300_000)]),
                "seccomp profile: 300004 bytes of rules, the limit is 262144"
            ),
        ])
    func refusals(_ spec: Seccomp, _ message: String) {
        #expect(failure { () throws(SeccompError) in _ = try Profile(spec) } == message)
    }

    private static func rule(
        _ action: SeccompAction, errno: UInt32? = nil, names: [String] = ["write"], index: UInt32? = nil
    ) -> Seccomp {
        let arguments = index.map { [Seccomp.Argument(index: $0, value: 0, op: .equal)] } ?? []
        return Seccomp(
            defaultAction: .errno,
            syscalls: [
                .init(names: ["read"], action: .allow), .init(names: names, action: action, errnoRet: errno, args: arguments),
            ])
    }

    @Test("a profile survives the way to the specification's form and back")
    func roundTrip() throws {
        let profile = Profile(
            defaultAction: .errno(7), architectures: [.x86, .arm], flags: [.log, .waitKillableRecv],
            rules: [
                .init(.trace(9), ["read", "write"], where: [.init(argument: 5, .maskedEqual, .max, 1 << 40)]),
                .init(.killProcess, ["open"], where: [.init(argument: 1, .lessOrEqual, 3)]),
            ])
        #expect(try Profile(profile.specification) == profile)
    }
}

/// The message of an error; nil where there is none.
func failure(_ body: () throws(SeccompError) -> Void) -> String? {
    do throws(SeccompError) {
        try body()
        return nil
    } catch { return "\(error)" }
}
