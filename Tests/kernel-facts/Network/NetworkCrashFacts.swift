import Journal
import LinuxKernel
import LinuxTypes
import Netlink
import PodNetwork

/// Runs `body` in a child that is killed (SIGKILL) when it announces its step number `stop`, counted from 1. Returns the step's name; nil where the body came to its end
/// before.
private func killed(
    at stop: Int, _ network: borrowing PodNetwork, _ scene: NetworkScene, _ body: (PodNetwork) throws -> Void
) throws -> String? {
    let pipe = try Pipe()
    let writer = pipe.writeEnd.descriptor
    let child = try Child {
        // A journal and sockets of its own, as another process has.
        let journal = try Journal.open(path("/mnt/journal"))
        let other = try PodNetwork(scene.configuration, journal: journal, runRoot: path("/mnt"))
        var count = 0
        other.willTakeStep = { name in
            count += 1
            if count == stop {
                do {
                    try writer.writeAll(name.utf8)
                    try kill(pid: currentPID(), .kill)
                } catch { exitImmediately(98) }
            }
        }
        try body(other)
        return 0
    }
    let status = try child.end()
    let reader = pipe.keepReadEnd()
    if status == .exited(code: 0) { return nil }
    try expectEqual(status, .signaled(.kill, dumpedCore: false))
    return String(decoding: try reader.descriptor.readSome(200), as: UTF8.self)
}

/// Cuts an act at its first step, its second, … until it comes to its end. Before each go `prepare`, after each cut `recover`.
private func cutEverywhere(
    _ what: String, _ scene: NetworkScene, prepare: (PodNetwork) throws -> Void, act: (PodNetwork) throws -> Void,
    recover: (PodNetwork, String) throws -> Void
) throws -> Int {
    for stop in 1...100 {
        let network = try scene.network()
        try prepare(network)
        guard let step = try killed(at: stop, network, scene, act) else { return stop - 1 }
        do { try recover(network, step) } catch {
            throw Broken(description: "\(what), killed at step \(stop) ('\(step)'): \(error)")
        }
    }
    throw Broken(description: "\(what) has no end")
}

private func expectNothing(_ network: PodNetwork, _ what: String, _ scene: NetworkScene) throws {
    try expectEqual(try network.check().map(\.text), [])
    try expect(try hostState() == scene.untouched, "\(what): \(try hostState())")
}

let networkCrashFacts = [
    Fact("network-killed-set-up-is-fixed") {
        let scene = try NetworkScene()
        let pod = try scene.namespace()
        let uid = try sandbox("one")
        let ports = scene.configuration.translatesAddresses ? [try HostPort(.tcp, port: 8080, podPort: 80)] : []
        let setUp = { (network: PodNetwork) in _ = try network.setUp(uid, name: "one", namespace: pod, ports: ports) }
        let cuts = try cutEverywhere("set-up", scene, prepare: { _ in }, act: setUp) { network, step in
            let left = try network.fix()
            try expectEqual(left.map(\.text), [])
            try expectNothing(network, step, scene)
        }
        try expect(cuts >= 9, "only \(cuts) steps")
        try scene.network().tearDown(uid)
    },
    Fact("network-killed-set-up-is-repeated") {
        let scene = try NetworkScene()
        let uid = try sandbox("one")
        _ = try cutEverywhere(
            "set-up", scene, prepare: { _ in },
            act: { network in
                let pod = try scene.namespace()
                _ = try network.setUp(uid, name: "one", namespace: pod)
            },
            recover: { network, _ in
                // The pod is begun anew, in a namespace of its own.
                let pod = try scene.namespace()
                let addresses = try network.setUp(uid, name: "one", namespace: pod)
                try expectEqual(try network.check().map(\.text), [])
                let listener = try TestSocket.bound(.tcp, at: addresses.addresses[0], port: 80, in: pod.descriptor)
                try expect(
                    try tcpReaches(scene.home, addresses.addresses[0], 80, listener: listener) != nil, "it does not answer")
                try network.tearDown(uid)
                try expectNothing(network, "", scene)
            })
        try scene.network().tearDown(uid)
    },
    Fact("network-killed-removal-is-repeated-or-fixed") {
        let scene = try NetworkScene()
        let uid = try sandbox("one")
        let ports = scene.configuration.translatesAddresses ? [try HostPort(.tcp, port: 8080, podPort: 80)] : []
        // Kept throughout: with the end of its namespace the pod's link goes, too.
        let pod = try scene.namespace()
        for byFix in [false, true] {
            let cuts = try cutEverywhere(
                "removal", scene,
                prepare: { network in
                    _ = try network.setUp(uid, name: "one", namespace: pod, ports: ports)
                },
                act: { network in try network.tearDown(uid) },
                recover: { network, step in
                    if byFix {
                        // Killed before anything was done: it is a pod like any.
                        if try network.fix().isEmpty, try hostState() != scene.untouched { try network.tearDown(uid) }
                    } else {
                        try network.tearDown(uid)
                    }
                    try expectNothing(network, step, scene)
                })
            try expect(cuts >= 8, "only \(cuts) steps")
        }
    },
    Fact("network-killed-beside-another-pod") {
        let scene = try NetworkScene()
        let uid = try sandbox("one")
        let other = try scene.namespace()
        let neighbor = try scene.network().setUp(try sandbox("neighbor"), name: "neighbor", namespace: other)
        let listener = try TestSocket.bound(.tcp, at: neighbor.addresses[1], port: 80, in: other.descriptor)
        let act = { (network: PodNetwork) in
            let pod = try scene.namespace()
            _ = try network.setUp(uid, name: "one", namespace: pod)
            try network.tearDown(uid)
        }
        let cuts = try cutEverywhere("a life", scene, prepare: { _ in }, act: act) { network, _ in
            _ = try network.fix()
            try network.tearDown(uid)
            try expectEqual(try network.check().map(\.text), [])
            try expect(
                try tcpReaches(scene.home, neighbor.addresses[1], 80, listener: listener) != nil, "the neighbor is cut off")
        }
        try expect(cuts >= 8, "only \(cuts) steps")
    },
    Fact("network-check-compares-both-ways") {
        let scene = try NetworkScene()
        let network = try scene.network()
        let pod = try scene.namespace()
        let uid = try sandbox("one")
        let addresses = try network.setUp(uid, name: "web", namespace: pod)
        try expectEqual(try network.check().map(\.text), [])
        var route = try NetlinkSocket(.route)
        var netfilter = try NetlinkSocket(.netfilter)
        let table = FilterTable(.bridge, "hull0")
        guard let bridge = InterfaceName("hull0"), let stray = InterfaceName("hull0p77") else {
            throw Broken(description: "names")
        }
        let damages: [(String, () throws -> Void)] = [
            ("the table 'bridge hull0' or its set 'senders4' is gone", { try netfilter.transact([table.delete()]) }),
            ("the bridge 'hull0' is down", { try route.perform(LinkMessage.set(bridge, up: false)) }),
            (
                "the host does not forward IPv4 any more",
                { try ProcFS().write("0", to: "sys/net/ipv4/ip_forward") }
            ),
            (
                "the link 'hull0p77' belongs to no pod",
                { try route.perform(LinkMessage.addBridge(stray, address: addresses.hardwareAddress, mtu: 1500)) }
            ),
            (
                "'/addresses/10.210.0.9' is claimed by 'nobody', which does not use it",
                { try scene.journal.put("/addresses/10.210.0.9", Array("nobody".utf8), .volatile) }
            ),
            (
                "pod 'web' (one) uses '/addresses/10.210.0.2' without a claim",
                { try scene.journal.delete(.key("/addresses/10.210.0.2"), .volatile) }
            ),
        ]
        for (text, damage) in damages {
            try damage()
            let found = try network.check().map(\.text)
            try expect(found.contains(text), "found \(found), expected '\(text)'")
            try expectEqual(try network.fix().map(\.text), [])
        }
        let listener = try TestSocket.bound(.tcp, at: addresses.addresses[0], port: 80, in: pod.descriptor)
        try expect(
            try tcpReaches(scene.home, addresses.addresses[0], 80, listener: listener) != nil, "it does not answer any more")
        // A pod whose namespace has ended: only who runs it can say so.
        try route.perform(LinkMessage.delete(addresses.port))
        let gone = try network.fix().map(\.text)
        try expectEqual(gone, ["the link 'hull0p2' of pod 'web' (one) is gone, as after the end of its network namespace"])
        // A journal that is lost.
        try scene.journal.delete(.all, .volatile)
        try expectEqual(try network.check().count, scene.tables.contains("inet") ? 3 : 2)
        try expectEqual(try network.fix().map(\.text), [])
        try expectEqual(try hostState(), "links [], tables [], forwarding 1 1")
    },
]
