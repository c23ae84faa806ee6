import CLinux
import LinuxKernel
import LinuxTypes

@testable import ContainerInit

let credentialFacts = [
    Fact("capabilities-are-known-and-named") {
        let known = surveyCapabilities().known
        try expect(
            known.isSuperset(of: [.sysAdmin, .setuid]) && known.numbers == Array(0..<Int32(known.numbers.count)), "\(known)")
        let last = try readText("/proc/sys/kernel/cap_last_cap")
        try expectEqual("\(known.numbers.count - 1)", last)
        for number in known.numbers where capabilityName(number).hasPrefix("CAP_") {
            try expectEqual(capabilityNumber(named: capabilityName(number)), number)
        }
        try expectEqual(capabilityNumber(named: "sys_admin"), nil)
        try expectEqual(capabilityNumber(named: "CAP_NOSUCH"), nil)
    },
    Fact("capabilities-leave-the-bounding-set-only") {
        let before = try permittedCapabilities()
        let wanted = surveyCapabilities().bounding.subtracting(.sysAdmin)
        try limitBoundingSet(to: wanted)
        try expectEqual(surveyCapabilities().bounding, wanted)
        try expectEqual(try permittedCapabilities(), before)
        // A program executed now cannot get it any more, root or not.
        let bytes = try Subprocess(path: "/bin/grep", arguments: ["grep", "CapPrm", "/proc/self/status"], environment: []).run()
            .output
        try expect(bits(bytes).isDisjoint(with: .sysAdmin), bytes)
    },
    Fact("capabilities-are-bounded-by-who-may") {
        let there = surveyCapabilities().bounding
        let wanted = there.subtracting(.sysAdmin)
        try limitBoundingSet(to: wanted)
        let powerless = try permittedCapabilities().subtracting(.setpcap)
        try setCapabilities(effective: powerless, permitted: powerless, inheritable: [])
        // Nothing is left to drop: no power is needed.
        try limitBoundingSet(to: wanted)
        try limitBoundingSet(to: there)
        try expectErrno(.EPERM, "a smaller bounding set") { () throws(KernelError) in
            try limitBoundingSet(to: wanted.subtracting(.setuid))
        }
        try expectEqual(surveyCapabilities().bounding, wanted)
    },
    Fact("capabilities-cannot-be-won-back") {
        let few = CapabilitySet([.setpcap, .setuid])
        try setCapabilities(effective: few, permitted: few, inheritable: [])
        try expectEqual(try permittedCapabilities(), few)
        try expectErrno(.EPERM, "a larger permitted set") { () throws(KernelError) in
            try setCapabilities(effective: few, permitted: [.setpcap, .setuid, .sysAdmin], inheritable: [])
        }
    },
    Fact("capabilities-ambient-needs-two-others") {
        let kill = CapabilitySet(number: 5)
        let all = try permittedCapabilities()
        try setCapabilities(effective: all, permitted: all, inheritable: [])
        try expectErrno(.EPERM, "ambient without inheritable") { () throws(KernelError) in try raiseAmbientCapability(5) }
        try setCapabilities(effective: all, permitted: all, inheritable: kill)
        try raiseAmbientCapability(5)
        try expectEqual(bits(try statusLine("CapAmb")), kill)
        try clearAmbientCapabilities()
        try expectEqual(bits(try statusLine("CapAmb")), [])
    },
    Fact("capabilities-survive-another-user-if-kept") {
        let all = try permittedCapabilities()
        try setKeepCapabilities(true)
        try setGroup(65534)
        try setUser(65534)
        try expectEqual(try permittedCapabilities(), all)
        try expectEqual(bits(try statusLine("CapEff")), [])
        try expectEqual(try statusLine("Uid"), "65534\t65534\t65534\t65534")
        let kill = CapabilitySet(number: 5)
        try ContainerInit.install(
            CapabilitySets(bounding: all, effective: kill, inheritable: kill, permitted: [kill, .setuid], ambient: kill))
        try expectEqual(bits(try statusLine("CapEff")), kill)
        try expectEqual(bits(try statusLine("CapPrm")), [kill, .setuid])
        try expectEqual(bits(try statusLine("CapAmb")), kill)
        // What a program of another user than root gets is the ambient set.
        let line = try Subprocess(path: "/bin/grep", arguments: ["grep", "CapPrm", "/proc/self/status"], environment: []).run()
            .output
        try expectEqual(bits(line), kill)
    },
    Fact("capabilities-are-lost-with-root-if-not-kept") {
        try setGroup(65534)
        try setUser(65534)
        try expectEqual(try permittedCapabilities(), [])
        try expectErrno(.EPERM, "root again") { () throws(KernelError) in try setUser(0) }
    },
    Fact("groups-are-set-and-read") {
        for groups in [[5, 7, 4_294_967_294], [], Array(1...300)] as [[UInt32]] {
            try setSupplementaryGroups(groups)
            try expectEqual(try supplementaryGroups().sorted(), groups.sorted())
        }
    },
    Fact("limits-are-set") {
        try setResourceLimit(.nofile, soft: 100, hard: 200)
        let text = try readText("/proc/self/limits")
        let line = text.split(separator: "\n").first { $0.hasPrefix("Max open files") } ?? ""
        try expectEqual(line.split(separator: " ").dropFirst(3).prefix(2), ["100", "200"])
        try setCapabilities(effective: [], permitted: [], inheritable: [])
        try expectErrno(.EPERM, "a hard limit raised without CAP_SYS_RESOURCE") { () throws(KernelError) in
            try setResourceLimit(.nofile, soft: 100, hard: 300)
        }
    },
    Fact("seccomp-filter-holds") {
        let denied: UInt32 = 18  // EXDEV, which sethostname(2) never gives
        let filter = [
            FilterInstruction(code: 0x20, jumpTrue: 0, jumpFalse: 0, constant: 0),
            FilterInstruction(code: 0x15, jumpTrue: 0, jumpFalse: 1, constant: UInt32(__NR_sethostname)),
            FilterInstruction(code: 0x06, jumpTrue: 0, jumpFalse: 0, constant: 0x5_0000 | denied),
            FilterInstruction(code: 0x06, jumpTrue: 0, jumpFalse: 0, constant: 0x7fff_0000),
        ]
        try unshare([.uts])
        try setHostname("before")
        let broken = [FilterInstruction(code: 0x15, jumpTrue: 9, jumpFalse: 9, constant: 0)]
        try expectErrno(.EINVAL, "a program that jumps out of itself") { () throws(KernelError) in
            try loadSeccompFilter(broken, flags: 0)
        }
        try expectErrno(.EINVAL, "an empty program") { () throws(KernelError) in try loadSeccompFilter([], flags: 0) }
        try setNoNewPrivileges()
        try loadSeccompFilter(filter, flags: 0)
        try expectErrno(.EXDEV, "what the filter denies") { () throws(KernelError) in try setHostname("after") }
        try expectEqual(try statusLine("Seccomp"), "2")
        try expectEqual(try readText("/proc/sys/kernel/hostname"), "before")
    },
    Fact("seccomp-needs-a-privilege-or-its-renunciation") {
        let allow = [FilterInstruction(code: 0x06, jumpTrue: 0, jumpFalse: 0, constant: 0x7fff_0000)]
        try setCapabilities(effective: [], permitted: [], inheritable: [])
        try expectErrno(.EACCES, "a filter without no_new_privs") { () throws(KernelError) in
            try loadSeccompFilter(allow, flags: 0)
        }
        try setNoNewPrivileges()
        try loadSeccompFilter(allow, flags: 0)
    },
    Fact("seccomp-actions-are-asked-for") {
        for action in [0x7fff_0000, 0x5_0000, 0x8000_0000, 0, 0x3_0000] as [UInt32] {
            try expect(kernelKnowsSeccompAction(action), "no action 0x" + String(action, radix: 16))
        }
        try expect(!kernelKnowsSeccompAction(0x1234_0000), "an action that no kernel has")
    },
    Fact("undumpable-hides-from-others") {
        try makeUndumpable()
        // The files of an undumpable process are root's, whatever its own user is.
        try setUser(65534)
        try expectErrno(.EACCES, "our own environment") { () throws(KernelError) in
            _ = try FileDescriptor.workingDirectory.open("/proc/self/environ", .readOnly)
        }
    },
]

/// A set as the status file writes it: the last word, in hexadecimal.
private func bits(_ line: String) -> CapabilitySet {
    let word = line.split(whereSeparator: \.isWhitespace).last ?? ""
    return CapabilitySet(rawValue: UInt64(word, radix: 16) ?? .max)
}
