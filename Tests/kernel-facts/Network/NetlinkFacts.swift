import Glibc
import LinuxKernel
import LinuxTypes
import Netlink

private func netlinkError(_ what: String, _ body: () throws(NetlinkError) -> Void) throws -> NetlinkError {
    do throws(NetlinkError) { try body() } catch { return error }
    throw Broken(description: "\(what) did not fail")
}

private func name(_ text: String) throws -> InterfaceName {
    guard let name = InterfaceName(text) else { throw Broken(description: "no name: '\(text)'") }
    return name
}

private let hardware = HardwareAddress([2, 0, 0, 0, 0, 1])

let netlinkFacts = [
    Fact("netlink-links-addresses-and-routes-come-back") {
        try unshare([.network])
        var socket = try NetlinkSocket(.route)
        guard let hardware, let subnet = IPSubnet("10.1.0.0/16") else { throw Broken(description: "addresses") }
        let bridge = try name("bridge-of-15-by")
        try socket.perform([LinkMessage.addBridge(bridge, address: hardware, mtu: 9000), LinkMessage.set(bridge, up: true)])
        guard let link = try socket.link(bridge) else { throw Broken(description: "no bridge") }
        try expect(link.isUp && link.mtu == 9000 && link.hardwareAddress == hardware && link.kind == "bridge", "\(link)")
        try expectEqual(try socket.links().map(\.name), ["lo", bridge.string])
        try expectEqual(try socket.link(name("nothing")), nil)
        let addresses = [try ip("10.1.0.1"), try ip("fd00::1")]
        try socket.perform([
            AddressMessage.add(addresses[0], prefixLength: 16, to: link.index),
            AddressMessage.add(addresses[1], prefixLength: 64, to: link.index),
        ])
        // Again is no error.
        try socket.perform(AddressMessage.add(addresses[0], prefixLength: 16, to: link.index))
        let found = try socket.addresses().filter { $0.index == link.index && !$0.address.isLinkLocal }
        try expectEqual(found.map(\.address), addresses)
        try expect(!found.contains { $0.isTentative }, "an address that is not usable yet")
        try socket.perform(RouteMessage.addDefault(through: ip("10.1.0.2"), index: link.index))
        let routes = try socket.routes(.v4) { _ in true }
        try expect(routes.contains { $0.destination == subnet && $0.table == Route.mainTable }, "\(routes)")
        try expect(try routes.contains { try $0.destination.prefixLength == 0 && $0.gateway == ip("10.1.0.2") }, "\(routes)")
        try socket.perform(AddressMessage.delete(addresses[0], prefixLength: 16, from: link.index))
        try socket.perform(LinkMessage.delete(bridge))
        try expectEqual(try socket.links().map(\.name), ["lo"])
    },
    Fact("netlink-refusals-say-what-and-why") {
        try unshare([.network])
        var socket = try NetlinkSocket(.route)
        guard let hardware else { throw Broken(description: "addresses") }
        let bridge = try name("br")
        try socket.perform(LinkMessage.addBridge(bridge, address: hardware, mtu: 1500))
        let twice = try netlinkError("the same name") { () throws(NetlinkError) in
            try socket.perform(LinkMessage.addBridge(bridge, address: hardware, mtu: 1500))
        }
        try expectEqual(twice.description, "cannot add bridge 'br': file exists")
        let group = try netlinkError("a group address") { () throws(NetlinkError) in
            guard let address = HardwareAddress([1, 0, 0, 0, 0, 1]), let other = InterfaceName("b2") else { return }
            try socket.perform(LinkMessage.addBridge(other, address: address, mtu: 1500))
        }
        try expectEqual(group.errno, .EADDRNOTAVAIL)
        let gone = try netlinkError("nothing to delete") { () throws(NetlinkError) in
            guard let other = InterfaceName("b2") else { return }
            try socket.perform([LinkMessage.delete(other), LinkMessage.set(bridge, up: true)])
        }
        try expectEqual(gone.errno, .ENODEV)
        // The later ones of a datagram are done all the same.
        try expectEqual(try socket.link(bridge)?.isUp, true)
        let unreachable = try netlinkError("a gateway out of reach") { () throws(NetlinkError) in
            guard let gateway = IPAddress("10.9.9.9"), let link = try socket.link(bridge) else { return }
            try socket.perform(RouteMessage.addDefault(through: gateway, index: link.index))
        }
        try expect(unreachable.description.contains("(Nexthop has invalid gateway)"), "no words of the kernel: \(unreachable)")
    },
    Fact("netlink-dump-of-a-full-routing-table") {
        try unshare([.network])
        try bringLoopbackUp()
        try require("ip", in: NamespaceHandle(path: "/proc/self/ns/net", kind: .network).descriptor)
        try mountScratchOnMnt()
        let file = try FileDescriptor.workingDirectory.open("/mnt/routes", [.writeOnly, .create])
        var text = ""
        for number in 0..<20_000 { text += "route add 11.\(number / 256).\(number % 256).0/24 dev lo\n" }
        try file.descriptor.writeAll(text.utf8)
        let ip = Subprocess(
            path: "/usr/sbin/ip", arguments: ["ip", "-batch", "/mnt/routes"], environment: [], timeoutMilliseconds: 60_000)
        try expectEqual(try ip.run().status, .exited(code: 0))
        var socket = try NetlinkSocket(.route)
        try expectEqual(try socket.routes(.v4) { $0.table == Route.mainTable }.count, 20_000)
        // Who stops listening in the middle finds the next answer all the same.
        try expectEqual(try socket.links().map(\.name), ["lo"])
    },
    Fact("netlink-tables-change-all-or-nothing") {
        try unshare([.network])
        var socket = try NetlinkSocket(.netfilter)
        let table = FilterTable(.inet, "t")
        let set = FilterSet(table, "s", key: [.ipv4Address, .port])
        let element = FilterSet.Element(key: [10, 0, 0, 1, 0, 80, 0, 0], comment: "whose")
        do throws(NetlinkError) { try socket.transact([table.add(), set.add(id: 1), set.add([element])]) } catch {
            if error.errno == .ENOENT || error.errno == .ENOTSUP { throw Missing(what: "the kernel has no nf_tables") }
            throw error
        }
        try expectEqual(try socket.elements(of: set), [element])
        let other = FilterSet.Element(key: [10, 0, 0, 2, 0, 80, 0, 0], comment: nil)
        let absent = FilterSet.Element(key: [10, 0, 0, 3, 0, 80, 0, 0], comment: nil)
        let error = try netlinkError("one of them is not there") { () throws(NetlinkError) in
            try socket.transact([set.add([other]), set.delete([absent]), set.delete([element])])
        }
        try expectEqual(error, .refused(request: "delete elements of set 's' of table 'inet t'", errno: .ENOENT, reason: nil))
        try expectEqual(try socket.elements(of: set), [element])
        try socket.transact([])
        try socket.transact([table.delete()])
        try expectEqual(try socket.elements(of: set), nil)
        try expectEqual(try socket.tables(), [])
        // Comments at the limits.
        let long = FilterSet.Element(key: [10, 0, 0, 1, 0, 80, 0, 0], comment: String(repeating: "c", count: 127))
        try socket.transact([table.add(), set.add(id: 1), set.add([long])])
        try expectEqual(try socket.elements(of: set), [long])
    },
    Fact("netlink-believes-the-kernel-alone") {
        try unshare([.network])
        let mine = try FileDescriptor.netlink(family: 0)
        // Another socket of this process sends to it: what it says is not heard.
        let number = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(O_CLOEXEC), 0)
        defer { close(number) }
        var address = [UInt8](repeating: 0, count: 12)
        var length: UInt32 = 12
        var any = [UInt8](repeating: 0, count: 12)
        any[0] = UInt8(AF_NETLINK)
        let result = any.withUnsafeBytes { bind(mine.number, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), 12) }
        try expectEqual(result, 0)
        _ = address.withUnsafeMutableBytes {
            getsockname(mine.number, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
        }
        let lie = [UInt8](repeating: 0, count: 16)
        let sent = address.withUnsafeBytes {
            sendto(number, lie, 16, 0, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), 12)
        }
        try expectEqual(sent, 16)
        // A question with no answer of its own but an error: type 9999, REQUEST | ACK.
        try mine.descriptor.sendToKernel([16, 0, 0, 0, 0x0f, 0x27, 5, 0, 1, 0, 0, 0, 0, 0, 0, 0], subject: "ask")
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = try buffer.withMutableBytes { bytes throws(KernelError) in
            try mine.descriptor.receiveFromKernel(into: bytes, subject: "ask")
        }
        try expect(count > 16 && buffer[4] == 2, "the first message heard is of type \(buffer[4])")
        // A datagram that does not fit is no datagram.
        try mine.descriptor.sendToKernel([16, 0, 0, 0, 0x0f, 0x27, 5, 0, 1, 0, 0, 0, 0, 0, 0, 0], subject: "ask")
        var small = [UInt8](repeating: 0, count: 8)
        try expectErrno(.EMSGSIZE, "a short buffer") { () throws(KernelError) in
            _ = try small.withMutableBytes { bytes throws(KernelError) in
                try mine.descriptor.receiveFromKernel(into: bytes, subject: "ask")
            }
        }
    },
]
