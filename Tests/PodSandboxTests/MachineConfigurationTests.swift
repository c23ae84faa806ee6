import LinuxTypes
import Netlink
import PodNetwork
import PodSpec
import StrictTree
import Testing

@testable import PodSandbox

/// `/etc/hull/config.json`.
@Suite struct MachineConfigurationTests {
    private func configuration(_ json: String) throws(TreeError) -> MachineConfiguration {
        try MachineConfiguration(json: Array(json.utf8))
    }

    @Test func `what is absent has its default`() throws {
        let standard = try configuration("{}")
        #expect(standard.network == .none)
        #expect(standard.bridgeNetwork.subnet4.description == "10.210.0.0/16")
        #expect(standard.cni.lists?.string == "/etc/cni/net.d")
        #expect(standard.cni.plugins.map(\.string) == ["/opt/cni/bin", "/usr/lib/cni"])
        #expect(standard.podUsers.base == 1_048_576 && standard.podUsers.count == 16_384)
        #expect(try standard == .standard())
    }

    @Test func `it is written as it is read`() throws {
        let text = """
            {
              "network": "cni:web",
              "bridgeNetwork": {"bridge": "pods", "subnet4": "10.9.0.0/24", "subnet6": "", "mtu": 9000, "masquerade": false},
              "cni": {"lists": "/etc/nets", "plugins": ["/opt/a", "/opt/b"], "timeoutSeconds": 5},
              "podUsers": {"base": 131072, "pods": 3}
            }
            """
        let read = try configuration(text)
        #expect(read.network == .cni("web"))
        #expect(read.bridgeNetwork.bridge.string == "pods" && read.bridgeNetwork.subnet6 == nil && read.bridgeNetwork.mtu == 9000)
        #expect(read.podUsers.base == 131_072 && read.podUsers.count == 3)
        #expect(!read.bridgeNetwork.translatesAddresses)
        #expect(read.cni.lists?.string == "/etc/nets" && read.cni.timeoutSeconds == 5)
        #expect(try MachineConfiguration(json: read.json) == read)
    }

    @Test(arguments: [
        ("{\"network\": \"brige\"}", "/network: 'brige' is no network: none, host, bridge or cni:NAME (line 1, column 13)"),
        ("{\"network\": \"cni:a/b\"}", "/network: 'cni:a/b' is no network: none, host, bridge or cni:NAME (line 1, column 13)"),
        ("{\"network\": \"cni:\"}", "/network: 'cni:' is no network: none, host, bridge or cni:NAME (line 1, column 13)"),
        ("{\n\"netwrk\": 1}", "/netwrk: unknown member 'netwrk'; did you mean 'network'? (line 2, column 11)"),
        ("{\"bridgeNetwork\": {\"subnet\": \"\"}}", "/bridgeNetwork/subnet: unknown member 'subnet'; did you mean 'subnet4'?"),
        ("{\"bridgeNetwork\": {\"subnet4\": \"10.0.0.0/8\"}}", "the subnet '10.0.0.0/8' is no IPv4 subnet of 16 to 29 bits"),
        ("{\"bridgeNetwork\": {\"subnet6\": \"2001:db8::/64\"}}", "no unique-local IPv6 subnet"),
        ("{\"cni\": {\"lists\": \"net.d\"}}", "/cni/lists: 'net.d' is no absolute path of a directory"),
        ("{\"cni\": {\"plugins\": [\"/a:/b\"]}}", "/cni/plugins/0: '/a:/b' is no absolute path of a directory"),
        ("{\"cni\": {\"plugins\": []}}", "/cni/plugins: plugins must be somewhere"),
        ("{\"cni\": {\"timeoutSeconds\": 0}}", "/cni/timeoutSeconds: expected an integer from 1 to 100"),
        ("{\"cni\": {\"timeout\": 1}}", "unknown member 'timeout'"),
        ("{\"network\": \"none\", \"network\": \"host\"}", "network"),
        ("{\"podUsers\": {\"base\": 0}}", "/podUsers/base: expected an integer from 65536 to 4294967295"),
        ("{\"podUsers\": {\"base\": 100000}}", "/podUsers: 'base' is a multiple of 65536"),
        (
            "{\"podUsers\": {\"base\": 131072, \"pods\": 65534}}",
            "/podUsers: 65534 pods from 131072 on need more ids than there are"
        ),
        ("[]", "expected an object"), ("", ""),
    ])
    func `what is wrong is named with its place`(_ json: String, _ message: String) {
        do throws(TreeError) {
            _ = try configuration(json)
            Issue.record("\(json) was read")
        } catch { #expect("\(error)".contains(message), "\(error)") }
    }

    @Test(arguments: ["none", "host", "bridge", "cni:a", "cni:a.b-c_d"])
    func `modes are words`(_ text: String) { #expect(NetworkMode(text)?.text == text) }

    @Test(arguments: ["", "Bridge", "cni", "cni:", "cni:.a", "cni:a b", "cni:../a", "cni:" + String(repeating: "a", count: 129)])
    func `other words are none`(_ text: String) { #expect(NetworkMode(text) == nil) }

    @Test func `sysctls beside the safe ones: whole names and beginnings, of namespaces only`() throws {
        let allowed = try configuration(#"{"allowedUnsafeSysctls": ["kernel.msg*", "net.core.somaxconn"]}"#)
        #expect(allowed.unsafeSysctls.allow(Sysctl(name: "kernel.msgmax", value: "")))
        #expect(allowed.unsafeSysctls.allow(Sysctl(name: "net.core.somaxconn", value: "")))
        #expect(!allowed.unsafeSysctls.allow(Sysctl(name: "net.core.somaxconn2", value: "")))
        #expect(!allowed.unsafeSysctls.allow(Sysctl(name: "kernel.sem", value: "")))
        #expect(try configuration(String(decoding: allowed.json, as: UTF8.self)) == allowed)
        for wrong in ["vm.swappiness", "*", "kernel.*", "net.*.a*"] {
            #expect(throws: TreeError.self) { try configuration(#"{"allowedUnsafeSysctls": ["\#(wrong)"]}"#) }
        }
    }
}
