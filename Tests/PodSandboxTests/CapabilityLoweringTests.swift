import LinuxTypes
import OCISpec
import PodSpec
import Testing

@testable import PodSandbox

/// Which capabilities a container has, and what of them a user who is not root keeps.
@Suite struct CapabilityLoweringTests {
    private static let usual = [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID",
        "CAP_SETFCAP",
        "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
    ]

    private func capabilities(_ lines: String, uid: UInt32 = 0) throws -> Capabilities {
        var surroundings = Surroundings()
        surroundings.facts.user.uid = uid
        return try #require(try surroundings.configuration(container: lines).process?.capabilities)
    }

    private func context(add: String = "", drop: String = "") -> String {
        "securityContext: {capabilities: {add: [\(add)], drop: [\(drop)]}}"
    }

    static let changes: [(add: String, drop: String, names: [String])] = [
        ("", "", usual),
        ("", "ALL", []),
        ("", "NET_RAW, MKNOD", usual.filter { $0 != "CAP_NET_RAW" && $0 != "CAP_MKNOD" }),
        ("NET_ADMIN", "", usual + ["CAP_NET_ADMIN"]),
        ("KILL", "", usual),
        ("NET_ADMIN, KILL", "ALL", ["CAP_NET_ADMIN", "CAP_KILL"]),
        ("NET_ADMIN", "NET_ADMIN", usual),
        ("KILL", "KILL", usual.filter { $0 != "CAP_KILL" }),
        ("ALL", "", usual + Surroundings.capabilities.filter { !usual.contains($0) }),
        ("ALL", "ALL", []),
        ("ALL, NET_ADMIN", "ALL", ["CAP_NET_ADMIN"]),
        ("ALL", "SYS_ADMIN", usual + Surroundings.capabilities.filter { !usual.contains($0) && $0 != "CAP_SYS_ADMIN" }),
        // Named, and not to be had here: the engine refuses it instead of leaving it out.
        ("SYSLOG", "ALL", ["CAP_SYSLOG"]),
    ]

    @Test(arguments: changes) func `root has the usual ones, changed as the manifest says`(
        add: String, drop: String, names: [String]
    ) throws {
        let capabilities = try capabilities(context(add: add, drop: drop))
        #expect(capabilities == Capabilities(bounding: names, effective: names, permitted: names))
    }

    /// Nothing survives a change of user by itself.
    @Test(arguments: changes) func `another user has what is added by name, and nothing else`(
        add: String, drop: String, names: [String]
    ) throws {
        let capabilities = try capabilities(context(add: add, drop: drop), uid: 1000)
        let own = add.split(separator: ", ").filter { $0 != "ALL" && !drop.contains($0) }.map { "CAP_" + $0 }
        #expect(capabilities.bounding == names)
        for set in [capabilities.effective, capabilities.permitted, capabilities.inheritable, capabilities.ambient] {
            #expect(set == own)
        }
    }

    @Test(arguments: [UInt32(0), 1000]) func `a privileged container has all, and hands none on`(uid: UInt32) throws {
        let all = Surroundings.capabilities
        #expect(
            try capabilities("securityContext: {privileged: true}", uid: uid)
                == Capabilities(bounding: all, effective: all, permitted: all))
    }
}
