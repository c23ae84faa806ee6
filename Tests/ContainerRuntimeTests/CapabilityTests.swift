import InitProtocol
import LinuxTypes
import OCISpec
import Testing

@testable import ContainerRuntime

@Suite struct CapabilityTests {
    private static let kill = CapabilitySet(number: 5)
    private static let maps =
        #""uidMappings":[{"containerID":0,"hostID":1,"size":1}],"gidMappings":[{"containerID":0,"hostID":1,"size":1}]"#

    private func plan(
        _ capabilities: Capabilities, facts: HostFacts = Hosts.facts(), user: Namespace? = nil
    ) throws -> ContainerPlan {
        var configuration = try Plans.configuration(
            linux: Plans.mountNamespace + (user?.path == nil && user != nil ? "," + Self.maps : ""))
        if let user { configuration.linux?.namespaces.append(user) }
        configuration.process?.capabilities = capabilities
        return try Plans.plan(configuration, facts: facts)
    }

    @Test func `each set is its own, in any spelling that libcap reads`() throws {
        let plan = try plan(
            Capabilities(
                bounding: ["CAP_KILL", "cap_sys_admin"], effective: ["CAP_KILL"], inheritable: ["CAP_SETPCAP"],
                permitted: ["CAP_KILL", "CAP_SETPCAP", "CAP_KILL"], ambient: ["CAP_SETPCAP"]))
        let sets = plan.`init`.process.capabilities
        #expect(sets.bounding == [Self.kill, .sysAdmin])
        #expect(sets.effective == Self.kill && sets.inheritable == .setpcap)
        #expect(sets.permitted == [Self.kill, .setpcap] && sets.ambient == .setpcap)
        #expect(plan.warnings.isEmpty)
    }

    @Test func `an unknown name is a warning with its place, never a capability`() throws {
        let plan = try plan(Capabilities(bounding: ["CAP_NOSUCH", "ALL", "", "CAP_KILL", "21"]))
        #expect(plan.`init`.process.capabilities.bounding.isSubset(of: [Self.kill, .sysAdmin]))
        for name in ["CAP_NOSUCH", "ALL", ""] {
            #expect(plan.warnings.contains { $0.hasPrefix("/process/capabilities/bounding: '\(name)'") }, "\(name)")
        }
    }

    @Test func `effective capabilities are permitted ones`() throws {
        let sets = try plan(Capabilities(effective: ["CAP_KILL", "CAP_SYS_ADMIN"], permitted: ["CAP_KILL"])).`init`.process
            .capabilities
        #expect(sets.effective == Self.kill && sets.permitted == Self.kill)
    }

    @Test func `an ambient capability must be permitted and inheritable, or is warned of by name`() throws {
        for capabilities in [
            Capabilities(ambient: ["CAP_KILL"]), Capabilities(permitted: ["CAP_KILL"], ambient: ["CAP_KILL"]),
            Capabilities(inheritable: ["CAP_KILL"], ambient: ["CAP_KILL"]),
        ] {
            let plan = try plan(capabilities)
            #expect(plan.`init`.process.capabilities.ambient == [])
            #expect(plan.warnings.contains { $0.hasPrefix("/process/capabilities/ambient: CAP_KILL") })
        }
        let whole = Capabilities(inheritable: ["CAP_KILL"], permitted: ["CAP_KILL"], ambient: ["CAP_KILL"])
        #expect(try plan(whole).`init`.process.capabilities.ambient == Self.kill)
    }

    @Test func `what the runtime does not have it cannot give, and says so`() throws {
        let facts = Hosts.facts(available: Self.kill)
        let wanted = Capabilities(bounding: ["CAP_KILL", "CAP_SYS_ADMIN"], permitted: ["CAP_SYS_ADMIN"])
        let refused = try plan(wanted, facts: facts)
        #expect(refused.`init`.process.capabilities.bounding == Self.kill && refused.`init`.process.capabilities.permitted == [])
        #expect(refused.warnings.filter { $0.contains("'CAP_SYS_ADMIN' cannot be given") }.count == 2)
    }

    @Test func `in a user namespace everything that the kernel knows can be given`() throws {
        let facts = Hosts.facts(known: [Self.kill, .sysAdmin], available: [])
        let wanted = Capabilities(bounding: ["CAP_KILL", "CAP_SYS_ADMIN", "CAP_SETPCAP"])
        for user in [Namespace(type: .user), Namespace(type: .user, path: "/u")] {
            let plan = try plan(wanted, facts: facts, user: user)
            #expect(plan.`init`.process.capabilities.bounding == [Self.kill, .sysAdmin])
            #expect(plan.warnings.contains { $0.contains("CAP_SETPCAP") })
        }
    }
}
