import LinuxTypes
import Testing

/// What `capabilities(7)` says of an execve; the life ring compares it with what the kernel does.
@Suite struct ExecveTests {
    private let net = CapabilitySet(number: 12)
    private let admin = CapabilitySet.sysAdmin

    private func sets(
        bounding: CapabilitySet, permitted: CapabilitySet, inheritable: CapabilitySet = [], ambient: CapabilitySet = []
    ) -> CapabilitySets {
        CapabilitySets(
            bounding: bounding, effective: permitted, inheritable: inheritable, permitted: permitted, ambient: ambient)
    }

    @Test func `another than root keeps what is ambient`() {
        let before = sets(bounding: [net, admin], permitted: [net, admin], inheritable: net, ambient: net)
        for closed in [true, false] {
            let after = before.afterExecve(uid: 1000, noNewPrivileges: closed)
            #expect(after == sets(bounding: [net, admin], permitted: net, inheritable: net, ambient: net))
        }
        #expect(sets(bounding: net, permitted: net).afterExecve(uid: 1, noNewPrivileges: false).permitted == [])
    }

    @Test func `root gets its bounding set, unless it may gain nothing`() {
        let before = sets(bounding: [net, admin], permitted: net)
        #expect(before.afterExecve(uid: 0, noNewPrivileges: false).effective == [net, admin])
        #expect(before.afterExecve(uid: 0, noNewPrivileges: true).effective == net)
        let inherited = sets(bounding: net, permitted: net, inheritable: admin)
        #expect(inherited.afterExecve(uid: 0, noNewPrivileges: false).permitted == [net, admin])
    }
}
