import Netlink
import StrictTree
import Testing

@testable import PodNetwork

@Suite struct CNIListTests {
    private func list(_ json: String) throws -> CNINetworkList { try CNINetworkList(Array(json.utf8)) }

    private let good = #"""
        {"cniVersion":"0.4.0","cniVersions":["1.0.0","1.1.0","9.9.9"],"name":"podnet","disableCheck":"true","plugins":[
         {"type":"bridge","bridge":"pod0","ipam":{"type":"host-local","n":1.50e3}},
         {"type":"portmap","snat":true,"capabilities":{"portMappings":true,"bandwidth":false}}]}
        """#

    @Test func `a list is read`() throws {
        let list = try list(good)
        #expect(list.name == "podnet" && list.version == .v110 && list.disablesCheck && !list.disablesGarbageCollection)
        #expect(list.plugins.map(\.type) == ["bridge", "portmap"])
        #expect(list.plugins[1].capabilities == ["portMappings"])
    }

    @Test(arguments: [
        #"{"cniVersion":"1.0.0","name":"bad/name","plugins":[{"type":"loopback"}]}"#,
        #"{"cniVersion":"1.0.0","name":"empty","plugins":[]}"#, #"{"cniVersion":"1.0.0","name":"a"}"#,
        #"{"name":"a","plugins":[{"type":"loopback"}]}"#, #"{"cniVersion":"2.0.0","name":"a","plugins":[{"type":"loopback"}]}"#,
        #"{"cniVersion":"1.0.0","name":"a","plugins":[{"type":"../sh"}]}"#,
        #"{"cniVersion":"1.0.0","name":"a","plugins":[{"type":"/bin/sh"}]}"#,
        #"{"cniVersion":"1.0.0","name":"a","plugins":[{}]}"#, #"{"cniVersion":"1.0.0","name":"a","plugins":["loopback"]}"#,
        #"{"cniVersion":"1.0.0","name":"a","plugins":[{"type":"loopback","prevResult":{}}]}"#,
        #"{"cniVersion":"1.0.0","name":"a","plugins":[{"type":"loopback","cni.dev/x":1}]}"#,
        #"{"cniVersion":"1.0.0","name":"a","disableCheck":"perhaps","plugins":[{"type":"loopback"}]}"#,
        #"{"cniVersion":"1.0.0","name":"a","name":"b","plugins":[{"type":"loopback"}]}"#, "", "[]",
    ])
    func `what is no list is refused`(_ json: String) {
        let error = #expect(throws: NetworkError.self) { try list(json) }
        #expect(error?.kind == .refused)
    }

    @Test func `results give the pod's addresses`() throws {
        let name = try #require(InterfaceName("eth0"))
        let json = #"""
            {"cniVersion":"1.1.0","interfaces":[{"name":"pod0"},{"name":"eth0","sandbox":"/run/netns/a"}],
             "ips":[{"address":"10.88.0.1/16","interface":0},{"address":"10.88.0.5/16","gateway":"10.88.0.1","interface":1},{"address":"fd00::5/64"}],
             "dns":{"nameservers":["192.0.2.53"]}}
            """#
        let result = try CNIResult(Array(json.utf8), interface: name)
        #expect(result.addresses.map(\.description) == ["10.88.0.5", "fd00::5"])
        #expect(result.nameServers == ["192.0.2.53"])
        for bad in [
            "", "{", "[]", #"{"ips":[{"address":"10.88.0.5"}]}"#, #"{"ips":[{"address":"10.88.0.5/33"}]}"#, #"{"ips":[{}]}"#,
            #"{"ips":[{"address":"10.88.0.5/16","interface":-1}],"interfaces":[]}"#, #"{"ips":{}}"#, #"{"interfaces":[{}]}"#,
            #"{"dns":[]}"#,
        ] {
            #expect(throws: TreeError.self, "\(bad)") { try CNIResult(Array(bad.utf8), interface: name) }
        }
    }

    @Test func `arguments cannot break their list`() {
        #expect(CNIAttachment.Argument("IgnoreUnknown", "1") != nil)
        for (name, value) in [("", "1"), ("a;b", "1"), ("a=b", "1"), ("a", "1;K8S_POD_NAME=x"), ("a", "\0")] {
            #expect(CNIAttachment.Argument(name, value) == nil)
        }
    }
}
