import SeededRandom
import Testing

@testable import Netlink

/// Answers that are broken in every way: an error, and never a byte read behind the end.
@Suite struct ParsingTests {
    private func message(_ type: UInt16, _ payload: [UInt8], flags: UInt16 = 0, length: Int? = nil) -> [UInt8] {
        hostBytes(UInt32(length ?? 16 + payload.count)) + hostBytes(type) + hostBytes(flags) + hostBytes(UInt32(1)) + [
            0, 0, 0, 0,
        ]
            + payload
    }

    @Test func `whole messages are cut out of a datagram`() throws {
        let datagram = message(20, [1, 2, 3]) + [0] + message(3, [0, 0, 0, 0])
        let found = try #require(NetlinkReply.messages(in: datagram[...]))
        #expect(found.map(\.type) == [20, 3])
        #expect(Array(found[0].payload) == [1, 2, 3])
    }

    @Test(arguments: [0, 15, 21, 0x7fff_ffff, 0xffff_ffff])
    func `a message whose length is wrong is none`(_ length: Int) {
        let datagram = message(20, [1, 2, 3, 4], length: length)
        #expect(NetlinkReply.messages(in: datagram[...]) == nil)
    }

    @Test func `a datagram that ends in a header is none`() {
        for count in 1..<16 { #expect(NetlinkReply.messages(in: message(20, [])[..<count]) == nil) }
    }

    @Test(arguments: [0, 3, 9, 65_535])
    func `an attribute whose length is wrong is none`(_ length: UInt16) {
        let bytes = hostBytes(length) + hostBytes(UInt16(1)) + [1, 2, 3, 4]
        #expect(Attributes(bytes[...]) == nil)
    }

    @Test func `an attribute may lack its padding at the end`() throws {
        let attributes = try #require(Attributes(([5, 0, 1, 0, 9] as [UInt8])[...]))
        #expect(attributes.number(1) == UInt8(9))
        #expect(attributes.number(1, as: UInt32.self) == nil)
        #expect(attributes.number(2, as: UInt8.self) == nil)
    }

    @Test func `the kernel's words come with its refusal`() throws {
        var extended = NetlinkMessage(0, purpose: "", fixed: [])
        extended.put(NLMSG.ERR_ATTR_MSG, "no such thing")
        let request = message(16, [])
        let reply = message(2, hostBytes(Int32(-22)) + request + extended.payload, flags: NLM.ACK_TLVS | NLM.CAPPED)
        let found = try #require(NetlinkReply.messages(in: reply[...])?.first.flatMap(Acknowledgment.init))
        #expect(found.result == -22)
        #expect(found.reason == "no such thing")
        // The whole request comes back where it is not capped.
        let long = message(16, [1, 2, 3, 4, 5, 6, 7, 8])
        let whole = message(2, hostBytes(Int32(-22)) + long + extended.payload, flags: NLM.ACK_TLVS)
        #expect(NetlinkReply.messages(in: whole[...])?.first.flatMap(Acknowledgment.init)?.reason == "no such thing")
        // A length of the request that is not there: no words, but the error.
        let lying = message(2, hostBytes(Int32(-22)) + message(16, [], length: 4000), flags: NLM.ACK_TLVS)
        let short = try #require(NetlinkReply.messages(in: lying[...])?.first.flatMap(Acknowledgment.init))
        #expect(short.result == -22 && short.reason == nil)
        #expect(NetlinkReply.messages(in: message(2, [1, 2])[...])?.first.flatMap(Acknowledgment.init) == nil)
    }

    @Test func `objects that lack what makes them are refused`() throws {
        let short = try #require(NetlinkReply.messages(in: message(16, [0, 0])[...])?.first)
        #expect(throws: NetlinkError.self) { try Link(short, "list links") }
        #expect(throws: NetlinkError.self) { try InterfaceAddress(short, "list addresses") }
        #expect(throws: NetlinkError.self) { try Route(short, "list routes") }
        // A destination of 33 bits.
        let route = try #require(NetlinkReply.messages(in: message(24, [2, 33, 0, 0, 254, 0, 0, 1, 0, 0, 0, 0])[...])?.first)
        #expect(throws: NetlinkError.self) { try Route(route, "list routes") }
    }

    @Test func `random and damaged datagrams never trap`() throws {
        let run = FuzzRun()
        var random = run.random
        var link = NetlinkMessage(16, purpose: "", fixed: [UInt8](repeating: 0, count: 16))
        link.put(IFLA.IFNAME, "eth0")
        link.nest(IFLA.LINKINFO) { $0.put(IFLA.INFO_KIND, "veth") }
        let good = try link.encoded(sequence: 1)
        while !run.isOver {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random) / 8)
            for reply in NetlinkReply.messages(in: bytes[...]) ?? [] {
                do {
                    _ = try Link(reply, "")
                    _ = try Route(reply, "")
                } catch {}
                _ = FilterSet.elements(in: reply)
                _ = Acknowledgment(reply)
            }
        }
    }
}
