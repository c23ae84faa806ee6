import Journal
import LinuxKernel
import LinuxTypes
import Netlink
import PodNetwork

/// Another root of Hull on the scene's host: a journal and a run directory of its own.
private struct OtherRoot {
    let journal: Journal
    let scene: NetworkScene

    init(_ scene: NetworkScene) throws {
        self.scene = scene
        let mnt = try FileDescriptor.workingDirectory.open("/mnt", [.readOnly, .directory])
        for name in ["other", "other-run"] { try mnt.descriptor.makeDirectory(name, permissions: 0o700) }
        journal = try Journal.open(path("/mnt/other"))
    }

    func network(
        bridge: String = "hull0", subnet4: String = "10.210.0.0/16", subnet6: String = "fd68:756c:6c00::/64"
    ) throws -> PodNetwork {
        guard let bridge = InterfaceName(bridge), let subnet = IPSubnet(subnet4) else {
            throw Broken(description: "no configuration")
        }
        let configuration = try NetworkConfiguration(
            bridge: bridge, subnet4: subnet, subnet6: IPSubnet(subnet6),
            translatesAddresses: scene.configuration.translatesAddresses)
        return try PodNetwork(configuration, journal: journal, runRoot: path("/mnt/other-run"))
    }
}

private func state(_ bridge: String, _ pod: String, _ scene: NetworkScene) -> String {
    "links [\"\(bridge)\", \"\(pod)\"], tables \(scene.tables), forwarding 1 1"
}

let networkRootFacts = [
    Fact("network-of-another-root-is-left-alone") {
        let scene = try NetworkScene()
        let other = try OtherRoot(scene)
        let pod = try scene.namespace()
        let second = try scene.namespace()
        let network = try scene.network()
        let given = try network.setUp(try sandbox("one"), name: "one", namespace: pod)
        let up = state("hull0", "hull0p2", scene)
        try expectEqual(try hostState(), up)
        // As long as it lives it is as it should be, and nobody's business here.
        try expectEqual(try other.network().check().map(\.text), [])
        try expectEqual(try other.network().fix().map(\.text), [])
        try expectEqual(try hostState(), up)
        let what = "is of another root of Hull, whose run directory is '/mnt'"
        for subnet in ["10.210.0.0/16", "10.9.0.0/16"] {
            let error = try networkError("the bridge of another root") {
                _ = try other.network(subnet4: subnet).setUp(try sandbox("two"), name: "two", namespace: second)
            }
            try expectEqual(error.message, "the bridge 'hull0' \(what)")
            try expect(
                error.kind == .refused && error.undoing == nil && error.hint?.contains("another bridge") == true, "\(error)")
        }
        let inUse = try networkError("the subnet of another root") {
            _ = try other.network(bridge: "hull1").setUp(try sandbox("two"), name: "two", namespace: second)
        }
        try expectEqual(
            inUse.message, "the subnet 10.210.0.0/16 is in use: the host has a route to 10.210.0.0/16 by 'hull0'")
        // One that is not to be seen is named, and left alone.
        try FileDescriptor.workingDirectory.unlink("/mnt/network.lock")
        for found in [try other.network().check(), try other.network().fix()] {
            try expectEqual(found.count, scene.tables.contains("inet") ? 3 : 2)
            try expect(
                found.allSatisfy { $0.text.contains(what) && $0.text.contains("not to be seen") && $0.remedy == .none },
                "\(found)")
        }
        try expectEqual(try hostState(), up)
        try expectEqual(try network.check().map(\.text), [])
        let listener = try TestSocket.bound(.tcp, at: given.addresses[0], port: 80, in: pod.descriptor)
        try expect(try tcpReaches(scene.home, given.addresses[0], 80, listener: listener) != nil, "the pod is cut off")
        try network.tearDown(try sandbox("one"))
        try expectEqual(try hostState(), scene.untouched)
    },
    Fact("network-of-another-root-in-place-of-ours-is-left-alone") {
        let scene = try NetworkScene()
        let other = try OtherRoot(scene)
        try require("nft", in: scene.home.descriptor)
        let pod = try scene.namespace()
        let second = try scene.namespace()
        let third = try scene.namespace()
        let network = try scene.network()
        _ = try network.setUp(try sandbox("one"), name: "one", namespace: pod)
        // Somebody removes all of it, and then another root comes.
        try run("ip link delete hull0p2; ip link delete hull0; nft flush ruleset", in: scene.home.descriptor)
        let given = try other.network().setUp(try sandbox("two"), name: "two", namespace: second)
        let up = try hostState()
        for found in [try network.check(), try network.fix()] {
            try expectEqual(found.count, scene.tables.contains("inet") ? 3 : 2)
            try expect(
                found.allSatisfy { $0.text.hasSuffix("is of another root of Hull, whose run directory is '/mnt/other-run'") },
                "\(found)")
        }
        let error = try networkError("the bridge of another root") {
            _ = try network.setUp(try sandbox("three"), name: "three", namespace: third)
        }
        try expectEqual(error.message, "the bridge 'hull0' is of another root of Hull, whose run directory is '/mnt/other-run'")
        try expectEqual(try hostState(), up)
        try expectEqual(try other.network().check().map(\.text), [])
        let listener = try TestSocket.bound(.tcp, at: given.addresses[0], port: 80, in: second.descriptor)
        try expect(try tcpReaches(scene.home, given.addresses[0], 80, listener: listener) != nil, "the pod is cut off")
        try other.network().tearDown(try sandbox("two"))
    },
    Fact("network-without-marks-belongs-to-whose-record-there-is") {
        let scene = try NetworkScene()
        let other = try OtherRoot(scene)
        for program in ["ip", "nft"] { try require(program, in: scene.home.descriptor) }
        let pod = try scene.namespace()
        let second = try scene.namespace()
        let network = try scene.network()
        _ = try network.setUp(try sandbox("one"), name: "one", namespace: pod)
        // As a version of Hull made it that knew no marks; what is in the tables makes no difference here.
        let families = scene.tables.contains("inet") ? "inet bridge" : "bridge"
        try run(
            "ip link set hull0 alias ''; ip link set hull0p2 alias '';"
                + " for f in \(families); do nft delete table $f hull0; nft add table $f hull0; done", in: scene.home.descriptor)
        let up = try hostState()
        for found in [try other.network().check(), try other.network().fix()] {
            try expectEqual(found.count, scene.tables.contains("inet") ? 3 : 2)
            try expect(
                found.allSatisfy { $0.text.hasSuffix("belongs to no network that is known here") && $0.remedy == .none },
                "\(found)")
        }
        let error = try networkError("a bridge of somebody's") {
            _ = try other.network().setUp(try sandbox("two"), name: "two", namespace: second)
        }
        try expectEqual(error.message, "the interface 'hull0' is there already, and not by us")
        try expectEqual(try hostState(), up)
        // Ours by the record, for who mends, for new pods and for the last.
        try expectEqual(try network.fix().map(\.text), [])
        try expectEqual(try other.network().check().map(\.text), [])
        _ = try network.setUp(try sandbox("two"), name: "two", namespace: second)
        try network.tearDown(try sandbox("one"))
        try network.tearDown(try sandbox("two"))
        try expectEqual(try hostState(), scene.untouched)
        // Another's table that has the name, of a family that this kernel has.
        let family = scene.tables.contains("inet") ? "inet" : "bridge"
        try run("nft add table \(family) hull0", in: scene.home.descriptor)
        let table = try networkError("a table of somebody's") {
            _ = try network.setUp(try sandbox("one"), name: "one", namespace: pod)
        }
        try expectEqual(table.message, "the table '\(family) hull0' is there already, and not by us")
        try run("nft delete table \(family) hull0", in: scene.home.descriptor)
    },
    Fact("network-beside-that-of-another-root") {
        let scene = try NetworkScene(needsGuard: true)
        let other = try OtherRoot(scene)
        let pod = try scene.namespace()
        let second = try scene.namespace()
        let network = try scene.network()
        let beside = try other.network(bridge: "hull1", subnet4: "10.9.0.0/16", subnet6: "fd00:9::/64")
        _ = try network.setUp(try sandbox("one"), name: "one", namespace: pod)
        // The first lets the host forward for its own pods, and ends it with them.
        let error = try networkError("a host that forwards for another root") {
            _ = try beside.setUp(try sandbox("two"), name: "two", namespace: second)
        }
        try expectEqual(
            error.message,
            "the network 'hull0' is of another root of Hull, whose run directory is '/mnt', and the host forwards for its pods alone"
        )
        try network.tearDown(try sandbox("one"))
        try expectEqual(try hostState(), scene.untouched)
        // On a router both are there, and each goes alone.
        for setting in ["ipv4/ip_forward", "ipv6/conf/all/forwarding"] { try ProcFS().write("1", to: "sys/net/" + setting) }
        _ = try network.setUp(try sandbox("one"), name: "one", namespace: pod)
        _ = try beside.setUp(try sandbox("two"), name: "two", namespace: second)
        try expectEqual(try network.check().map(\.text) + beside.check().map(\.text), [])
        try network.tearDown(try sandbox("one"))
        try expectEqual(try beside.check().map(\.text), [])
        try beside.tearDown(try sandbox("two"))
        try expectEqual(try hostState(), "links [], tables [], forwarding 1 1")
    },
]
