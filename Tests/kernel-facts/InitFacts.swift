import InitProtocol
import LinuxKernel
import LinuxTypes

@testable import ContainerInit

/// The init's end of the conversation.
let initFacts = [
    Fact("init-leaves-the-word-behind-the-plan") {
        // `run` sends the plan and at once the word to go on. Without a descriptor in between the kernel hands both out in one piece, and a
        // plan with a byte behind it is no plan.
        for withDescriptor in [false, true] {
            let pair = try SocketPair()
            let file = try FileDescriptor.inMemory(name: "f")
            try pair.first.descriptor.send(message(), descriptors: withDescriptor ? [file.descriptor] : [])
            let tasks = try FileDescriptor.inMemory(name: "tasks")
            try pair.first.descriptor.send([admitByte], descriptors: [tasks.descriptor])
            try pair.first.descriptor.send([proceedByte])
            let channel = ParentChannel(socket: pair.second.descriptor)
            let received = try channel.receivePlan()
            try expectEqual(received.plan, plan)
            try expectEqual(received.descriptors.count, withDescriptor ? 1 : 0)
            try expectEqual(try channel.waitToBeAdmitted(.cgroup).count, 1)
            try channel.waitToProceed(.wait)
        }
    },
    Fact("init-refuses-plans-of-others") {
        let good = message()
        var magic = good
        magic[0] ^= 1
        var build = good
        build[5] ^= 1
        var long = good
        long[36] &+= 1
        let broken: [([UInt8], String)] = [
            (magic, "not one of ours"), (build, "different builds"), (long, "ends early"), (Array(good.dropLast()), "ends early"),
            (Array(good.prefix(20)), "not one of ours"), ([], "parent is gone"),
            (PlanHeader(buildID: runningBuildID(), length: 3).wireBytes + [1, 2, 3], "not as expected"),
        ]
        for (bytes, reason) in broken {
            let pair = try SocketPair()
            if !bytes.isEmpty { try pair.first.descriptor.send(bytes) }
            try pair.first.descriptor.shutdownSending()
            do throws(InitFailure) {
                _ = try ParentChannel(socket: pair.second.descriptor).receivePlan()
            } catch {
                try expect(error.step == .plan && error.errno == .EPROTO && error.subject.contains(reason), "\(reason): \(error)")
                continue
            }
            throw Broken(description: "\(reason): was read")
        }
    },
    Fact("init-ends-when-its-parent-is-gone") {
        let pair = try SocketPair()
        let end = pair.keepFirst()
        let channel = ParentChannel(socket: end.descriptor)
        do throws(InitFailure) {
            try channel.waitToProceed(.wait)
        } catch {
            try expect(error.step == .wait, "\(error)")
            return
        }
        throw Broken(description: "went on without a parent")
    },
    Fact("init-does-nothing-before-it-is-admitted") {
        // A word to go on, or the end of the parent, is no leave to enter cgroups.
        for word in [[proceedByte], []] {
            let pair = try SocketPair()
            if !word.isEmpty { try pair.first.descriptor.send(word) }
            try pair.first.descriptor.shutdownSending()
            do throws(InitFailure) {
                _ = try ParentChannel(socket: pair.second.descriptor).waitToBeAdmitted(.cgroup)
            } catch {
                try expect(error.step == .cgroup && error.errno == .ECONNRESET, "\(error)")
                continue
            }
            throw Broken(description: "went on without being admitted")
        }
    },
    Fact("init-finds-homes-in-hostile-passwd-files") {
        func home(_ text: String, _ uid: UInt32) -> String? { PasswdFile(Array(text.utf8)).home(ofUID: uid) }
        let text = "root:x:0:0:root:/root:/bin/sh\nweb:x:1000:1000::/srv/web:/bin/sh\nweb2:x:1000:5::/other:/bin/sh"
        try expectEqual(home(text, 0), "/root")
        try expectEqual(home(text, 1000), "/srv/web")
        try expectEqual(home(text, 7), nil)
        for broken in [
            "", "\n\n", "a:x:7", "a:x:7:7::relative:/sh", "a:x:7:7:::/sh", "a:x:07:7::/h:/sh", "a:x: 7:7::/h:/sh",
            "a:x:7:7::/h\0x:/s",
        ] {
            try expectEqual(home(broken, 7), nil)
        }
    },
]

private let plan = InitPlan(
    containerID: "facts", hostname: "h",
    process: ProcessPlan(
        arguments: ["/bin/true"], workingDirectory: root,
        capabilities: CapabilitySets(bounding: [], effective: [], inheritable: [], permitted: [], ambient: [])))

private let root: ContainerPath = {
    guard let root = ContainerPath("/") else { preconditionFailure("a slash is a path") }
    return root
}()

private func message() -> [UInt8] {
    let body = plan.wireBytes
    return PlanHeader(buildID: runningBuildID(), length: UInt32(body.count)).wireBytes + body
}
