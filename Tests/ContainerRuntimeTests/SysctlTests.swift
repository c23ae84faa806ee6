import InitProtocol
import LinuxTypes
import OCISpec
import Testing

@testable import ContainerRuntime

/// Kernel parameters: only those of namespaces that the container has for itself.
@Suite struct SysctlTests {
    private static let namespaces =
        #""namespaces": [{"type":"mount"},{"type":"ipc"},{"type":"network"},{"type":"uts"},{"type":"user"}]"#

    private func configuration(_ key: String, _ value: String = "1", without kind: NamespaceKind? = nil) throws -> Configuration {
        let maps = #""uidMappings":[{"containerID":0,"hostID":1,"size":1}],"gidMappings":[{"containerID":0,"hostID":1,"size":1}]"#
        var configuration = try Plans.configuration(linux: "\(Self.namespaces),\(maps)")
        configuration.linux?.namespaces.removeAll { $0.type == kind }
        if kind == .user {
            configuration.linux?.uidMappings = []
            configuration.linux?.gidMappings = []
        }
        configuration.linux?.sysctl = [key: value]
        return configuration
    }

    private func pointer(_ key: String) -> String {
        // By scalars: a slash before a combining mark is no Character of its own.
        key.unicodeScalars.reduce("/linux/sysctl/") { $0 + ($1 == "~" ? "~0" : $1 == "/" ? "~1" : String(Character($1))) }
    }

    @Test(
        arguments: [
            ("net.ipv4.ip_forward", "net/ipv4/ip_forward", .network), ("net/ipv4/ip_forward", "net/ipv4/ip_forward", .network),
            ("net.ipv4.conf.eth0/1.forwarding", "net/ipv4/conf/eth0.1/forwarding", .network),
            ("net/ipv4/conf/eth0.1/forwarding", "net/ipv4/conf/eth0.1/forwarding", .network),
            ("kernel.shmmax", "kernel/shmmax", .ipc), ("kernel.msgmax", "kernel/msgmax", .ipc),
            ("kernel.sem", "kernel/sem", .ipc),
            ("kernel.shm_rmid_forced", "kernel/shm_rmid_forced", .ipc), ("fs.mqueue.msg_max", "fs/mqueue/msg_max", .ipc),
            ("kernel.domainname", "kernel/domainname", .uts), ("user.max_user_namespaces", "user/max_user_namespaces", .user),
        ] as [(String, String, NamespaceKind)])
    func `a parameter of an own namespace is set, of the host's refused`(key: String, path: String, kind: NamespaceKind) throws {
        let plan = try Plans.plan(configuration(key, "5 6"))
        #expect(plan.`init`.sysctls == [SysctlPlan(path: path, value: "5 6")])
        #expect(plan.origins[.init(.sysctl, 0)] == pointer(key))
        Plans.expectRefusal(try configuration(key, without: kind), at: pointer(key), saying: "\(kind.specName) namespace")
    }

    @Test(arguments: [
        "kernel.core_pattern", "kernel/core_pattern", "kernel.hostname", "kernel.modprobe", "kernel.sysrq",
        "vm.overcommit_memory",
        "fs.file-max", "fs.mqueue", "kernel.shmmaxx", "kernel.shm", "kernel.sem.x", "net", "debug.exception-trace",
        "kernel.panic",
        "kernel.ns_last_pid", "kernel.pid_max", "fs.binfmt_misc.register", "KERNEL.SHMMAX", "sunrpc.x", "dev.cdrom.debug",
    ])
    func `a parameter of the whole host is refused`(key: String) throws {
        Plans.expectRefusal(try configuration(key), at: pointer(key))
    }

    @Test(arguments: [
        "net/../kernel/core_pattern", "net/ipv4/../../kernel/core_pattern", "net.ipv4.conf.//.x", "net.//.kernel.core_pattern",
        "../net/ipv4/x", "/net/ipv4/x", "net//ipv4", "net..ipv4", "net.", ".net", "net/./x", "net/ipv4/", "", ".", "..", "/",
        "net.ipv4.a=b", "net.ipv4.a b", "net.ipv4.a\nb", "net.ipv4.a\0b", "net.ipv4.ä", "net.ipv4./\u{301}x", "net/\u{301}../x",
        "net.ipv4\u{301}.x", "kernel.shmmax/../core_pattern", "kernel/shmmax/../core_pattern",
        "fs/mqueue/../binfmt_misc/register",
        "user/../kernel/core_pattern", "net.ipv4.\u{7f}",
    ])
    func `a name that is no name, or walks elsewhere, is refused`(key: String) throws {
        Plans.expectRefusal(try configuration(key), at: pointer(key))
    }

    /// `+`, as any other sign, is part of a name and of a path below `net` only.
    @Test func `a plus sign leads nowhere else`() throws {
        #expect(try Plans.plan(configuration("net.core.+x")).`init`.sysctls.map(\.path) == ["net/core/+x"])
        Plans.expectRefusal(try configuration("+kernel.core_pattern"), at: "/linux/sysctl/+kernel.core_pattern")
        Plans.expectRefusal(try configuration("kernel.+shmmax"), at: "/linux/sysctl/kernel.+shmmax")
    }

    @Test func `a value is one line`() throws {
        Plans.expectRefusal(try configuration("kernel.shmmax", "1\n2"), at: "/linux/sysctl/kernel.shmmax", saying: "line")
        Plans.expectRefusal(try configuration("kernel.shmmax", "1\r\n2"), at: "/linux/sysctl/kernel.shmmax", saying: "line")
        #expect(try Plans.plan(configuration("kernel.sem", "1\t2\t3\t4")).`init`.sysctls.count == 1)
    }

    @Test func `parameters keep the order of the configuration`() throws {
        var configuration = try configuration("net.b")
        configuration.linux?.sysctl = ["net.b": "1", "kernel.sem": "2", "net.a": "3"]
        let plan = try Plans.plan(configuration)
        #expect(plan.`init`.sysctls.map(\.path) == ["net/b", "kernel/sem", "net/a"])
        #expect(plan.origins[.init(.sysctl, 2)] == "/linux/sysctl/net.a")
    }
}
