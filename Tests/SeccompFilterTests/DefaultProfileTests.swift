import LinuxKernel
import LinuxTypes
import OCISpec
import Testing

@testable import SeccompFilter

/// One line of the fixture.
struct FixtureCall {
    let number: Int
    let name: String
    let verdict: String
}

let fixtureCalls: [FixtureCall] = systemCallFixture.split(separator: "\n").map { line in
    let words = line.split(separator: " ").map(String.init)
    return FixtureCall(number: Int(words[0])!, name: words[1], verdict: words[2])
}

@Suite("the default profile") struct DefaultProfileTests {
    /// Where Hull decides otherwise than Docker; docs/seccomp.md has the reasons.
    private static let differences: [String: String] = [
        "get_mempolicy": "always", "mbind": "always", "set_mempolicy": "always", "set_mempolicy_home_node": "always",
        "lsm_get_self_attr": "always", "lsm_set_self_attr": "always", "lsm_list_modules": "always",
        "pivot_root": "CAP_SYS_ADMIN", "open_tree_attr": "CAP_SYS_ADMIN",
    ]
    private static let refused: Set<String> = [
        "add_key", "io_uring_enter", "io_uring_register", "io_uring_setup", "kexec_file_load", "kexec_load", "keyctl",
        "migrate_pages", "move_pages", "request_key", "swapoff", "swapon", "userfaultfd",
    ]
    private static let usual: [String] = [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_SETFCAP",
        "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT",
    ]
    /// Each capability that Docker's table names, alone; none; the usual ones; all.
    static let holdings: [[String]] = {
        let named = Set(
            fixtureCalls.flatMap { $0.verdict.split(separator: ",").map(String.init) }.filter { $0.hasPrefix("CAP_") })
        return [[], usual, named.sorted()] + named.sorted().map { [$0] }
    }()

    private static func set(_ names: [String]) throws -> CapabilitySet {
        try names.reduce(into: CapabilitySet()) { $0.insert(.init(number: try #require(capabilityNumber(named: $1)))) }
    }

    @Test("every number from 0 to 600 has its verdict, for every capability", arguments: holdings)
    func everyNumber(_ capabilities: [String]) throws {
        let filter = try compile(
            DefaultProfile.profile(capabilities: Self.set(capabilities), architecture: .x86_64))
        #expect(filter.warnings == [])
        let calls = Dictionary(uniqueKeysWithValues: fixtureCalls.map { ($0.number, $0) })
        for number in 0...600 {
            let expected = calls[number].map { Self.expectation($0, capabilities, filter.skipped) } ?? errno(ENOSYS)
            guard let expected else { continue }
            #expect(filter.verdict(SystemCall(number)) == expected, "\(number) \(calls[number]?.name ?? "")")
        }
    }

    /// nil where arguments decide.
    private static func expectation(_ call: FixtureCall, _ capabilities: [String], _ skipped: [String]) -> UInt32? {
        if skipped.contains(call.name) { return errno(ENOSYS) }
        if refused.contains(call.name) { return errno(EPERM) }
        switch differences[call.name] ?? call.verdict {
        case "always": return allow
        case "arguments": return nil
        case "never": return errno(ENOSYS)
        case let gate:
            if gate.split(separator: ",").contains(where: { capabilities.contains(String($0)) }) { return allow }
            return errno(call.name == "clone3" ? ENOSYS : EPERM)
        }
    }

    @Test("clone makes processes and threads, no namespaces; clone3 is missing, so that libc uses clone")
    func cloneFlags() throws {
        let filter = try compile(DefaultProfile.profile(capabilities: [], architecture: .x86_64))
        #expect(filter.verdict(SystemCall(Number.clone, Arch.x86_64, [0x3d_0f00])) == allow)
        #expect(filter.verdict(SystemCall(Number.clone, Arch.x86_64, [17])) == allow)
        for bit in [17, 25, 26, 27, 28, 29, 30] {
            for more: UInt64 in [0, 17, 0x3d_0f00, 1 << 40] {
                let verdict = filter.verdict(SystemCall(Number.clone, Arch.x86_64, [1 << UInt64(bit) | more]))
                #expect(verdict == errno(EPERM), "bit \(bit) with \(more)")
            }
        }
        #expect(filter.verdict(SystemCall(Number.clone3)) == errno(ENOSYS))
        #expect(filter.verdict(SystemCall(120, Arch.x86, [0x1000_0000])) == errno(EPERM))
        #expect(filter.verdict(SystemCall(120, Arch.x86, [17])) == allow)

        let admin = try compile(DefaultProfile.profile(capabilities: .sysAdmin, architecture: .x86_64))
        #expect(admin.verdict(SystemCall(Number.clone, Arch.x86_64, [0x1000_0000])) == allow)
        #expect(admin.verdict(SystemCall(Number.clone3)) == allow)
    }

    @Test("AF_ALG and AF_VSOCK are unsupported families, also with rubbish in the upper half that the kernel ignores")
    func sockets() throws {
        let filter = try compile(DefaultProfile.profile(capabilities: [], architecture: .x86_64))
        for family: UInt64 in 0...63 {
            let expected = family == 38 || family == 40 ? errno(97) : allow
            for upper: UInt64 in [0, 1 << 32, 1 << 63, 0xffff_ffff_0000_0000] {
                let verdict = filter.verdict(SystemCall(Number.socket, Arch.x86_64, [upper | family]))
                #expect(verdict == expected, "family \(family), upper half \(upper)")
            }
            #expect(filter.verdict(SystemCall(Number.socketOfX86, Arch.x86, [family])) == expected, "x86, family \(family)")
        }
        #expect(filter.verdict(SystemCall(Number.socketcallOfX86, Arch.x86, [1, 0xffff_0000])) == allow)
    }

    @Test("personality takes five values")
    func personalities() throws {
        let filter = try compile(DefaultProfile.profile(capabilities: [], architecture: .x86_64))
        let allowed: Set<UInt64> = [0, 8, 0x2_0000, 0x2_0008, 0xffff_ffff]
        for value in allowed.union([1, 4, 0x4_0000, 0x40_0000, 0xffff_fffe, 1 << 32, .max]) {
            let verdict = filter.verdict(SystemCall(Number.personality, Arch.x86_64, [value]))
            #expect(verdict == (allowed.contains(value) ? allow : errno(EPERM)), "\(value)")
        }
    }

    @Test("32-bit x86 programs run, x32 and foreign ones do not")
    func compatibility() throws {
        let filter = try compile(DefaultProfile.profile(capabilities: [], architecture: .x86_64))
        #expect(filter.verdict(SystemCall(Number.readOfX86, Arch.x86)) == allow)
        #expect(filter.verdict(SystemCall(21, Arch.x86)) == errno(EPERM), "mount")
        #expect(filter.verdict(SystemCall(Arch.x32Bit)) == 0)
        #expect(filter.verdict(SystemCall(0, Arch.aarch64)) == 0)
    }

    @Test(
        "the profile compiles for kernels of other architectures too",
        arguments: [SeccompArchitecture.aarch64, .riscv64, .ppc64le])
    func otherArchitectures(_ architecture: SeccompArchitecture) throws {
        let profile = DefaultProfile.profile(capabilities: [], architecture: architecture)
        #expect(try compile(profile).warnings == [])
        #expect(try Profile(profile.specification) == profile)
    }

    @Test("no name stands in the tables twice")
    func tables() {
        let names = DefaultProfile.always + DefaultProfile.never + DefaultProfile.gates.flatMap(\.names)
        #expect(names.count == Set(names).count)
    }
}
