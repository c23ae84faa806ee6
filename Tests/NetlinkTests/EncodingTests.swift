import LinuxKernel
import Testing

@testable import Netlink

/// Requests as bytes, on a little-endian machine; the right-hand sides were written down from the kernel's headers.
@Suite struct EncodingTests {
    @Test func `a link is set up by its name`() throws {
        let name = try #require(InterfaceName("hull0"))
        let bytes = try LinkMessage.set(name, up: true).encoded(sequence: 7, adding: NLM.ACK)
        let expected: [UInt8] = [
            44, 0, 0, 0, 16, 0, 5, 0, 7, 0, 0, 0, 0, 0, 0, 0,  // length, RTM_NEWLINK, REQUEST | ACK, sequence, port
            0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0,  // ifinfomsg: IFF_UP and its mask
            10, 0, 3, 0, 0x68, 0x75, 0x6c, 0x6c, 0x30, 0, 0, 0,  // IFLA_IFNAME "hull0"
        ]
        #expect(bytes == expected)
    }

    @Test func `an IPv6 address is usable at once`() throws {
        let address = try #require(IPAddress("fd00::5"))
        let bytes = try AddressMessage.add(address, prefixLength: 64, to: 3).encoded(sequence: 1)
        let value: [UInt8] = [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5]
        let expected: [UInt8] =
            [72, 0, 0, 0, 20, 0, 1, 5, 1, 0, 0, 0, 0, 0, 0, 0, 10, 64, 0, 0, 3, 0, 0, 0]
            + [20, 0, 2, 0] + value + [20, 0, 1, 0] + value + [8, 0, 8, 0, 2, 0, 0, 0]
        #expect(bytes == expected)
    }

    @Test func `a cable's other end is inside its attributes`() throws {
        let port = LinkMessage.Port(try #require(InterfaceName("a")), nil)
        let peer = LinkMessage.Port(try #require(InterfaceName("b")), HardwareAddress([2, 0, 0, 0, 0, 1]))
        let message = LinkMessage.addVeth(port, master: 4, mtu: 1500, peer: peer, in: FileDescriptor(9))
        let attributes = try #require(Attributes(message.payload[16...]))
        #expect(attributes.text(IFLA.IFNAME) == "a")
        #expect(attributes.number(IFLA.MASTER) == UInt32(4))
        let information = try #require(attributes.nested(IFLA.LINKINFO))
        #expect(information.text(IFLA.INFO_KIND) == "veth")
        let inner = try #require(information.nested(IFLA.INFO_DATA)?[IFLA.VETH_INFO_PEER])
        let other = try #require(Attributes(inner.dropFirst(16)))
        #expect(other.text(IFLA.IFNAME) == "b")
        #expect(other[IFLA.ADDRESS].map { Array($0) } == [2, 0, 0, 0, 0, 1])
        #expect(other.number(IFLA.NET_NS_FD) == UInt32(9))
    }

    @Test func `numbers of nf_tables go in network order`() throws {
        let set = FilterSet(FilterTable(.inet, "t"), "s", key: [.ipv4Address, .port])
        let message = set.add(id: 2)
        #expect(message.payload.prefix(4) == [1, 0, 0, 0])
        let attributes = try #require(Attributes(message.payload[4...]))
        #expect(attributes.bigEndian(NFTA.SET_KEY_LEN) == UInt32(8))
        #expect(attributes.bigEndian(NFTA.SET_KEY_TYPE) == UInt32(7 << 6 | 13))
        #expect(attributes[NFTA.SET_ID].map { Array($0) } == [0, 0, 0, 2])
    }

    @Test(arguments: [65_531, 65_532])
    func `an attribute has at most 65535 bytes with its header`(_ count: Int) throws {
        var message = NetlinkMessage(16, purpose: "try", fixed: [])
        message.put(1, [UInt8](repeating: 1, count: count))
        if count == 65_531 {
            let bytes = try message.encoded(sequence: 1)
            #expect(bytes.count == 16 + 65_536)
            #expect(Attributes(bytes[16...])?[1]?.count == count)
        } else {
            #expect(throws: NetlinkError.tooLong(request: "try")) { try message.encoded(sequence: 1) }
        }
    }

    @Test func `an attribute that holds too much is refused as well`() throws {
        var message = NetlinkMessage(16, purpose: "try", fixed: [])
        message.nest(1) { outer in
            for _ in 0..<3 { outer.put(2, [UInt8](repeating: 1, count: 30_000)) }
        }
        #expect(throws: NetlinkError.tooLong(request: "try")) { try message.encoded(sequence: 1) }
    }
}
