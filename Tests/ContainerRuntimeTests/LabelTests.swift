import InitProtocol
import LinuxKernel
import OCISpec
import Testing

@testable import ContainerRuntime

/// Profiles of AppArmor and labels of SELinux: planned where the kernel has the module, refused where it has not.
@Suite struct LabelTests {
    private static func facts(appArmor: Bool = false, seLinux: Bool = false) -> HostFacts {
        var facts = Hosts.facts()
        facts.caller.modules = SecurityModules(hasAppArmor: appArmor, hasSELinux: seLinux)
        return facts
    }

    private static let label = "system_u:system_r:container_t:s0:c1,c2"

    @Test(arguments: [("apparmorProfile", "web", "no AppArmor"), ("selinuxLabel", LabelTests.label, "no SELinux")])
    func `a kernel without the module`(member: String, value: String, words: String) throws {
        let process = Plans.process + #", "\#(member)": "\#(value)""#
        try Plans.expectRefusal(at: "/process/" + member, saying: words, process: process)
        try Plans.expectRefusal(
            at: "/process/" + member, saying: words, process: process,
            facts: Self.facts(appArmor: member != "apparmorProfile", seLinux: member != "selinuxLabel"))
    }

    @Test func `a kernel with both`() throws {
        let process = Plans.process + #", "apparmorProfile": "web", "selinuxLabel": "\#(Self.label)""#
        let plan = try Plans.plan(process: process, facts: Self.facts(appArmor: true, seLinux: true))
        #expect(plan.`init`.process.appArmorProfile == "web" && plan.`init`.process.seLinuxLabel == Self.label)
    }

    @Test func `unconfined is what a kernel without AppArmor does, and is said to one with it`() throws {
        let process = Plans.process + #", "apparmorProfile": "unconfined""#
        #expect(try Plans.plan(process: process).`init`.process.appArmorProfile == nil)
        let confined = try Plans.plan(process: process, facts: Self.facts(appArmor: true))
        #expect(confined.`init`.process.appArmorProfile == "unconfined")
    }

    @Test(arguments: ["a b", "a\\nb", "a\\u007fb"])
    func `a name that the kernel would cut`(name: String) throws {
        try Plans.expectRefusal(
            at: "/process/apparmorProfile", saying: "no label", process: Plans.process + #", "apparmorProfile": "\#(name)""#,
            facts: Self.facts(appArmor: true))
    }

    @Test func `files of new file systems have the mount label, where the policy has none of its own`() throws {
        let linux = Plans.mountNamespace + #", "mountLabel": "system_u:object_r:x:s0:c1,c2""#
        let mounts = #""mounts": [{"destination": "/a", "type": "tmpfs"}, {"destination": "/proc", "type": "proc"}]"#
        try Plans.expectRefusal(at: "/linux/mountLabel", saying: "no SELinux", linux: linux, more: mounts)
        let plan = try Plans.plan(linux: linux, more: mounts, facts: Self.facts(seLinux: true))
        let parameters = try Plans.root(plan).mounts.map { mount -> [String] in
            guard case .filesystem(let plan) = mount.source else { return [] }
            return plan.parameters
        }
        #expect(parameters == [["context=system_u:object_r:x:s0:c1,c2"], []])
    }
}
