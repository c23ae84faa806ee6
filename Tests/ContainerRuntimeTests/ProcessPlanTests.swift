import InitProtocol
import LinuxTypes
import OCISpec
import Testing

@testable import ContainerRuntime

@Suite struct ProcessPlanTests {
    private func process(_ more: String) -> String { Plans.process + ", " + more }

    private func plan(
        _ more: String, facts: HostFacts = Hosts.facts(), linux: String = Plans.mountNamespace
    ) throws -> ContainerPlan {
        try Plans.plan(process: process(more), linux: linux, facts: facts)
    }

    @Test func `what is not said has the defaults of the specification`() throws {
        let process = try Plans.plan().`init`.process
        #expect(process.arguments == ["/bin/true"] && process.workingDirectory.string == "/")
        #expect(process.uid == 0 && process.gid == 0 && process.groups == [] && process.fileCreationMask == 0o022)
        #expect(process.capabilities == CapabilitySets(bounding: [], effective: [], inheritable: [], permitted: [], ambient: []))
        #expect(!process.noNewPrivileges && process.limits.isEmpty && process.terminal == nil && process.setsHome)
        #expect(process.seccomp == nil && process.personality == nil)
    }

    @Test func `what is said is in the plan`() throws {
        let plan = try plan(
            """
            "user": {"uid": 7, "gid": 8, "additionalGids": [9, 4294967294], "umask": 63}, "noNewPrivileges": true,
            "terminal": true, "consoleSize": {"height": 24, "width": 80}, "oomScoreAdj": -5
            """)
        let process = plan.`init`.process
        #expect(process.uid == 7 && process.gid == 8 && process.groups == [9, 4_294_967_294] && process.fileCreationMask == 63)
        #expect(process.noNewPrivileges && process.terminal == TerminalPlan(rows: 24, columns: 80, bindsConsole: true))
        #expect(plan.oomScoreAdj == -5)
    }

    @Test func `an annotation keeps the caller's groups`() throws {
        func groups(_ value: String) throws -> [UInt32]? {
            try Plans.plan(more: "\"annotations\": {\"run.oci.keep_original_groups\": \"\(value)\"}").`init`.process.groups
        }
        #expect(try groups("1") == nil)
        #expect(try groups("0") == [])
    }

    @Test func `of an environment's duplicates the last one wins in the place of the first`() throws {
        let environment = try plan(#""env": ["A=1", "B=2", "A=3", "C=", "B=x=y", "AA=5"]"#).`init`.process.environment
        #expect(environment == ["A=3", "B=x=y", "C=", "AA=5"])
    }

    /// Swift compares text by its meaning, the kernel by its bytes: `é` in one and in two code points are two names.
    @Test func `names that only look alike are two`() throws {
        let environment = ["\u{e9}=1", "e\u{301}=2"]
        #expect(ProcessPlanner.lastOfEachKey(environment).count == 2)
    }

    @Test func `HOME is left to the container's passwd only where it is not given`() throws {
        #expect(try plan(#""env": ["HOMER=1"]"#).`init`.process.setsHome)
        #expect(try !plan(#""env": ["HOME=/x"]"#).`init`.process.setsHome)
        #expect(try !plan(#""env": ["HOME="]"#).`init`.process.setsHome)
    }

    @Test func `limits keep their order, units and place`() throws {
        let plan = try plan(
            #""rlimits": [{"type":"RLIMIT_NOFILE","soft":5,"hard":18446744073709551615},{"type":"RLIMIT_CORE","soft":0,"hard":0}]"#
        )
        #expect(
            plan.`init`.process.limits == [
                LimitPlan(kind: .nofile, soft: 5, hard: .max), LimitPlan(kind: .core, soft: 0, hard: 0),
            ])
        #expect(plan.origins[.init(.limits, 1)] == "/process/rlimits/1")
    }

    @Test func `a NUL byte would end an argument, a variable or a path early, and is refused`() throws {
        var configuration = try Plans.configuration()
        configuration.process?.args = ["/bin/sh", "-c", "a\0b"]
        Plans.expectRefusal(configuration, at: "/process/args/2", saying: "NUL")
        configuration.process?.args = ["/bin/true"]
        configuration.process?.env = ["A=1\0B=2"]
        Plans.expectRefusal(configuration, at: "/process/env/0", saying: "NUL")
        configuration.process?.env = []
        configuration.process?.cwd = "/a\0b"
        Plans.expectRefusal(configuration, at: "/process/cwd", saying: "NUL")
    }

    @Test func `names and keyring`() throws {
        let linux = #""namespaces": [{"type":"mount"},{"type":"uts"}]"#
        let named = try Plans.plan(linux: linux, more: #""hostname": "h", "domainname": "d""#)
        #expect(named.`init`.hostname == "h" && named.`init`.domainname == "d" && named.`init`.sessionKeyring == "_ses.web")
        let empty = try Plans.plan(linux: linux, more: #""hostname": "", "domainname": """#)
        #expect(empty.`init`.hostname == nil && empty.`init`.domainname == nil)
        var options = CreateOptions()
        options.noNewKeyring = true
        options.preservedDescriptors = 4
        let other = try Plans.plan(options: options)
        #expect(other.`init`.sessionKeyring == nil && other.`init`.preservedDescriptors == 4)
        try Plans.expectRefusal(at: "/hostname", saying: "uts", more: #""hostname": "h""#)
        try Plans.expectRefusal(at: "/domainname", saying: "uts", more: #""domainname": "d""#)
    }

    @Test func `hooks inside the container are the plan's, the runtime's own make it wait`() throws {
        let hook = #"[{"path": "/h", "timeout": 3}]"#
        let inside = try Plans.plan(
            more: #""hooks": {"createContainer": \#(hook), "startContainer": [{"path":"/s","args":["s","x"],"env":["A=b"]}]}"#)
        #expect(
            inside.`init`.createContainerHooks == [HookPlan(path: "/h", arguments: ["/h"], environment: [], timeoutSeconds: 3)])
        #expect(inside.`init`.startContainerHooks == [HookPlan(path: "/s", arguments: ["s", "x"], environment: ["A=b"])])
        #expect(!inside.`init`.waitsForRuntimeHooks)
        for kind in ["prestart", "createRuntime"] {
            #expect(try Plans.plan(more: "\"hooks\": {\"\(kind)\": \(hook)}").`init`.waitsForRuntimeHooks)
        }
        for kind in ["poststart", "poststop"] {
            #expect(try !Plans.plan(more: "\"hooks\": {\"\(kind)\": \(hook)}").`init`.waitsForRuntimeHooks)
        }
    }
}
