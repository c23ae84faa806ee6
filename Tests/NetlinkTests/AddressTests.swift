import Testing

@testable import Netlink

@Suite struct AddressTests {
    @Test(arguments: [
        ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("::", "::"), ("::1", "::1"), ("1::", "1::"),
        ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("::ffff:192.0.2.1", "::ffff:c000:201"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
    ])
    func `addresses are read and written`(_ text: String, _ expected: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == expected)
        #expect(IPAddress(bytes: address.bytes) == address)
    }

    @Test(arguments: [
        "", "1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "256.1.1.1", "1.2.3.-4", "1.2.3.4 ", "+1.2.3.4", ":", ":::", "1::2::3",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "12345::", "g::", "fe80::1%eth0", "::1.2.3", "1.2.3.4::", "::+1",
        ":1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:",
    ])
    func `what is no address is refused`(_ text: String) { #expect(IPAddress(text) == nil) }

    @Test func `subnets contain and overlap`() throws {
        let wide = try #require(IPSubnet("10.0.0.0/8"))
        let narrow = try #require(IPSubnet("10.210.0.0/16"))
        let other = try #require(IPSubnet("10.211.0.0/16"))
        #expect(wide.overlaps(narrow) && narrow.overlaps(wide) && !narrow.overlaps(other))
        #expect(narrow.contains(try #require(IPAddress("10.210.255.255"))))
        #expect(!narrow.contains(try #require(IPAddress("::"))))
        #expect(narrow.address(at: 65_535)?.description == "10.210.255.255")
        #expect(narrow.address(at: 65_536) == nil && narrow.address(at: -1) == nil)
        #expect(narrow.mask == [255, 255, 0, 0])
        #expect(IPSubnet("::/0")?.mask == [UInt8](repeating: 0, count: 16))
        #expect(IPSubnet("::/0")?.count == Int.max)
    }

    @Test(arguments: ["10.0.0.1/8", "10.0.0.0/33", "10.0.0.0", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/+8", "fd00::/129", "/8"])
    func `what is no subnet is refused`(_ text: String) { #expect(IPSubnet(text) == nil) }

    @Test func `names of interfaces are as the kernel wants them`() {
        #expect(InterfaceName(String(repeating: "a", count: 15)) != nil)
        for text in ["", ".", "..", "a/b", "a:b", "a b", "a\tb", "eth%d", "é", "a\0", String(repeating: "a", count: 16)] {
            #expect(InterfaceName(text) == nil, "\(text)")
        }
    }

    @Test func `a hardware address has its link-local address`() throws {
        let address = try #require(HardwareAddress([0x02, 0x68, 0x0a, 0xd2, 0, 2]))
        #expect(address.linkLocalAddress.description == "fe80::68:aff:fed2:2")
        #expect(address.description == "02:68:0a:d2:00:02")
        #expect(HardwareAddress(for: try #require(IPAddress("10.210.0.2"))) == address)
    }
}
