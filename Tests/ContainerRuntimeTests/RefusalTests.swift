import Cgroups
import InitProtocol
import LinuxTypes
import OCISpec
import StrictTree
import Testing

@testable import ContainerRuntime

/// What the specification knows and the runtime does not do is refused where it stands: nothing that was parsed is dropped.
@Suite struct RefusalTests {
    @Test(arguments: [
        ("/process/scheduler", #""scheduler": {"policy": "SCHED_BATCH"}"#),
        ("/process/ioPriority", #""ioPriority": {"class": "IOPRIO_CLASS_IDLE", "priority": 1}"#),
        ("/process/execCPUAffinity", #""execCPUAffinity": {"initial": "0"}"#),
    ])
    func `what a process cannot have yet`(pointer: String, member: String) throws {
        try Plans.expectRefusal(at: pointer, saying: "not supported yet", process: Plans.process + ", " + member)
    }

    @Test(arguments: [
        ("/linux/netDevices", #""netDevices": {"eth1": {"name": "net1"}}"#),
        ("/linux/intelRdt", #""intelRdt": {"closID": "g"}"#),
        ("/linux/memoryPolicy", #""memoryPolicy": {"mode": "MPOL_INTERLEAVE", "nodes": "0"}"#),
    ])
    func `what a container cannot have yet`(pointer: String, member: String) throws {
        try Plans.expectRefusal(at: pointer, saying: "not supported yet", linux: Plans.mountNamespace + ", " + member)
    }

    @Test func `what asks for nothing is taken`() throws {
        let process = Plans.process + #", "apparmorProfile": "unconfined", "selinuxLabel": """#
        #expect(
            try Plans.plan(process: process, linux: Plans.mountNamespace + #", "mountLabel": "", "netDevices": {}"#).warnings
                .isEmpty)
    }

    @Test func `a configuration without a root, a process or a program`() throws {
        var configuration = try Plans.configuration()
        configuration.process?.args = []
        Plans.expectRefusal(configuration, at: "/process/args")
        configuration.process = nil
        Plans.expectRefusal(configuration, at: "/process")
        configuration = try Plans.configuration()
        configuration.root?.path = ""
        Plans.expectRefusal(configuration, at: "/root/path")
        configuration.root = nil
        Plans.expectRefusal(configuration, at: "/root")
    }

    @Test(arguments: ["../x", "a/../../b", "a\\nb", "/", "system.slice:x:y"])
    func `a cgroup path that leads elsewhere`(path: String) throws {
        #expect {
            _ = try Plans.plan(linux: Plans.mountNamespace + #", "cgroupsPath": "\#(path)""#)
        } throws: { error in
            (error as? RuntimeError)?.message.contains("/linux/cgroupsPath: ") == true
        }
    }

    @Test func `a filter that cannot be`() throws {
        let seccomp = #", "seccomp": {"defaultAction": "SCMP_ACT_NOTIFY"}"#
        #expect {
            _ = try Plans.plan(linux: Plans.mountNamespace + seccomp)
        } throws: { error in
            (error as? RuntimeError)?.message.hasPrefix("config.json: /linux/seccomp") == true
        }
    }

    @Test func `a machine without cgroups`() throws {
        #expect(throws: RuntimeError.self) {
            try Plans.plan(facts: Hosts.facts(cgroups: .init(unified: nil, legacy: [])))
        }
    }

    /// The same configuration and facts give the same plan: it can be shown before it is carried out.
    @Test func `planning is a pure function`() throws {
        let configuration = Configuration.default()
        #expect(try Plans.plan(configuration) == Plans.plan(configuration))
    }
}
