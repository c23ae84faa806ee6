import LinuxKernel
import Netlink
import PodRecords
import StrictTree
import Testing

@testable import PodNetwork

@Suite struct ConfigurationTests {
    private func read(_ json: String) throws -> NetworkConfiguration {
        try NetworkConfiguration(reading: Document(json: Array(json.utf8)).root)
    }

    @Test func `what is not said is the standard`() throws {
        #expect(try read("{}") == NetworkConfiguration.standard())
        let other = try read(#"{"bridge":"pods","subnet4":"172.30.0.0/24","subnet6":"","mtu":9000,"masquerade":false}"#)
        #expect(other.subnets.map(\.description) == ["172.30.0.0/24"])
        #expect(other.offsets == 2..<255)
        #expect(other.mtu == 9000 && !other.translatesAddresses)
    }

    @Test(arguments: [
        (#"{"subnet4":"10.0.0.1/16"}"#, "'10.0.0.1/16' is not a subnet as '10.0.0.0/16'"),
        (#"{"subnet4":"10.0.0.0/30"}"#, "is no IPv4 subnet of 16 to 29 bits"), (#"{"subnet4":"10.0.0.0/15"}"#, "16 to 29 bits"),
        (#"{"subnet4":"127.1.0.0/16"}"#, "has no addresses for pods"),
        (#"{"subnet4":"224.1.0.0/16"}"#, "has no addresses for pods"),
        (#"{"subnet4":"fd00::/64"}"#, "is no IPv4 subnet"), (#"{"subnet6":"2001:db8::/64"}"#, "is no unique-local IPv6 subnet"),
        (#"{"subnet6":"fd00::/120"}"#, "64 to 112 bits"), (#"{"bridge":"abcdefghi"}"#, "longer than 8 bytes"),
        (#"{"bridge":"a/b"}"#, "'a/b' is not an interface name"), (#"{"mtu":1279}"#, "not between 1280 and 65535"),
        (#"{"mut":1500}"#, "unknown member 'mut'"), (#"{"mtu":"1500"}"#, "expected an integer"),
    ])
    func `what cannot be is refused`(_ json: String, _ message: String) {
        let error = #expect(throws: TreeError.self) { try read(json) }
        #expect(error?.position != nil)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: [0, -1, 65_536, 1 << 40]) func `a port is between 1 and 65535`(_ port: Int) {
        #expect(throws: NetworkError.self) { try HostPort(.tcp, port: port, podPort: 80) }
        #expect(throws: NetworkError.self) { try HostPort(.tcp, port: 80, podPort: port) }
    }

    @Test(arguments: ["::1", "fe80::1", "ff02::1", "224.0.0.1", "169.254.1.1"])
    func `an address that leads nowhere is refused`(_ address: String) {
        #expect(throws: NetworkError.self) { try HostPort(.tcp, address: IPAddress(address), port: 80, podPort: 80) }
    }

    @Test func `ports collide where a packet could be meant for both`() throws {
        let any = try HostPort(.tcp, port: 80, podPort: 80)
        let one = try HostPort(.tcp, address: IPAddress("192.0.2.1"), port: 80, podPort: 80)
        let two = try HostPort(.tcp, address: IPAddress("192.0.2.2"), port: 80, podPort: 80)
        #expect(try HostPort(.tcp, address: IPAddress("0.0.0.0"), port: 80, podPort: 80) == any)
        #expect(any.collides(with: one) && one.collides(with: any) && one.collides(with: one) && !one.collides(with: two))
        #expect(!any.collides(with: try HostPort(.udp, port: 80, podPort: 80)))
    }

    @Test func `a range is ports one behind the other`() throws {
        let ports = try HostPort.range(.udp, first: 65_530, firstInPod: 1, count: 6)
        #expect(ports.map(\.port) == [65_530, 65_531, 65_532, 65_533, 65_534, 65_535])
        #expect(ports.last?.podPort == 6)
        #expect(throws: NetworkError.self) { try HostPort.range(.udp, first: 65_530, firstInPod: 1, count: 7) }
        #expect(throws: NetworkError.self) { try HostPort.range(.udp, first: 1, firstInPod: 1, count: 0) }
        #expect(throws: NetworkError.self) { try HostPort.range(.udp, first: 1, firstInPod: 1, count: 121) }
    }

    @Test func `records come back as they were written`() throws {
        let uid = try #require(PodUID("0f3a-1"))
        let ports = [
            try HostPort(.tcp, port: 8080, podPort: 80),
            try HostPort(.sctp, address: IPAddress("fd00::1"), port: 1, podPort: 65_535),
        ]
        let pod = PodRecord(
            state: .claimed, sandbox: uid, name: "a \"name\"", offset: 7, namespace: NamespaceIdentity(device: 4, inode: .max),
            ports: ports)
        #expect(try PodRecord(uid, decoding: pod.encoded()) == pod)
        let before = ForwardingBefore(v4: false, v6: nil, interfaces4: ["eth1"], acceptingAdvertisements: [])
        let host = HostRecord(state: .up, configuration: try NetworkConfiguration.standard(), before: before)
        #expect(try HostRecord(decoding: host.encoded()) == host)
        for text in ["", "{}", #"{"state":"up"}"#, #"{"state":"left","before":{},"configuration":{}}"#] {
            #expect(throws: NetworkError.self) { try HostRecord(decoding: Array(text.utf8)) }
            #expect(throws: NetworkError.self) { try PodRecord(uid, decoding: Array(text.utf8)) }
        }
    }
}
