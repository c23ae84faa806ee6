import Journal
import LinuxKernel
import LinuxTypes
import Netlink
import PodNetwork
import PodRecords

/// CNI on a scene: plugins are shell scripts in /mnt/bin that write what they were told to /mnt/log, or Debian's.
private struct Stage {
    let scene: NetworkScene
    let cni: CNINetwork

    init(timeout: Int = 20_000) throws {
        scene = try NetworkScene()
        let mnt = try FileDescriptor.workingDirectory.open("/mnt", [.readOnly, .directory])
        try mnt.descriptor.makeDirectory("bin", permissions: 0o755)
        cni = try Self.network(scene.journal, timeout)
    }

    static func network(_ journal: Journal, _ timeout: Int = 20_000) throws -> CNINetwork {
        let place = PluginPlace(
            directories: [try path("/mnt/bin"), try path("/usr/lib/cni")],
            environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "CNI_IFNAME=evil"], timeoutMilliseconds: timeout)
        return CNINetwork(place, journal: journal, runRoot: try path("/mnt"))
    }

    /// A plugin that notes its verb and its name, and then does what is said.
    func plugin(_ name: String, _ script: String) throws {
        let file = try FileDescriptor.workingDirectory.open(
            "/mnt/bin/\(name)", [.writeOnly, .create, .truncate], permissions: 0o755)
        try file.descriptor.writeAll(
            "#!/bin/sh\necho \"$CNI_COMMAND \(name) $CNI_IFNAME $CNI_CONTAINERID\" >>/mnt/log\ncat >/mnt/in-\(name)-$CNI_COMMAND\n\(script)\n"
                .utf8)
    }

    /// What the plugins have noted since the last time.
    func log() throws -> [String] {
        do throws(KernelError) {
            let lines = try readText("/mnt/log").split(separator: "\n").map(String.init)
            try FileDescriptor.workingDirectory.unlink("/mnt/log")
            return lines
        } catch { return [] }
    }

    func attachment(_ uid: String = "one", _ namespace: FileDescriptor? = nil) throws -> CNIAttachment {
        guard let eth0 = InterfaceName("eth0"), let argument = CNIAttachment.Argument("IgnoreUnknown", "1") else {
            throw Broken(description: "names")
        }
        let number = (namespace ?? scene.home.descriptor).number
        return CNIAttachment(
            sandbox: try sandbox(uid), namespace: try path("/proc/\(currentPID())/fd/\(number)"), interface: eth0,
            arguments: [argument])
    }
}

private func list(_ plugins: String, version: String = "1.1.0") throws -> CNINetworkList {
    try CNINetworkList(Array(#"{"cniVersion":"\#(version)","name":"net","plugins":[\#(plugins)]}"#.utf8))
}

private let answer = #"echo '{"cniVersion":"1.1.0","ips":[{"address":"10.1.2.3/24"}],"x":1.50}'"#

let networkCNIFacts = [
    Fact("network-cni-plugins-are-told-what-the-specification-says") {
        let stage = try Stage()
        try stage.plugin("first", answer)
        try stage.plugin("second", #"echo '{"cniVersion":"1.1.0","ips":[{"address":"10.1.2.4/24"}]}'"#)
        let network = try list(
            #"{"type":"first","mtu":1.5e3,"n":null},{"type":"second","capabilities":{"portMappings":true,"ips":true,"mac":false}}"#
        )
        var capabilities = CNICapabilities()
        capabilities.portMappings = [try HostPort(.tcp, port: 8080, podPort: 80)]
        capabilities.hardwareAddress = HardwareAddress([2, 0, 0, 0, 0, 1])
        let attachment = try stage.attachment()
        let result = try stage.cni.add(attachment, to: network, capabilities)
        try expectEqual(result.addresses, [try ip("10.1.2.4")])
        try expectEqual(
            try readText("/mnt/in-first-ADD"), #"{"cniVersion":"1.1.0","name":"net","type":"first","mtu":1.5e3,"n":null}"#)
        let mapping = #""runtimeConfig":{"portMappings":[{"hostPort":8080,"containerPort":80,"protocol":"tcp"}]}"#
        let second = #"{"cniVersion":"1.1.0","name":"net","type":"second","# + mapping
        try expectEqual(
            try readText("/mnt/in-second-ADD"),
            second + #","prevResult":{"cniVersion":"1.1.0","ips":[{"address":"10.1.2.3/24"}],"x":1.50}}"#)
        // CHECK and DEL have the last result; DEL goes backward.
        try stage.cni.check(sandbox("one"), network: "net")
        try stage.cni.status(network)
        try stage.cni.delete(sandbox("one"))
        try stage.cni.delete(sandbox("one"))
        try expectEqual(
            try stage.log(),
            [
                "ADD first eth0 one", "ADD second eth0 one", "CHECK first eth0 one", "CHECK second eth0 one", "STATUS first  ",
                "STATUS second  ", "DEL second eth0 one", "DEL first eth0 one",
            ])
        for name in ["first-CHECK", "first-DEL", "second-DEL"] {
            let text = try readText("/mnt/in-" + name)
            try expect(
                text.hasSuffix(#""prevResult":{"cniVersion":"1.1.0","ips":[{"address":"10.1.2.4/24"}]}}"#), "\(name): \(text)")
        }
        try expectEqual(try stage.scene.journal.range(RangeRequest(.prefix("/cni/"))).count, 0)
    },
    Fact("network-cni-bad-plugins-are-errors-with-their-name") {
        let stage = try Stage(timeout: 3000)
        let network = try list(#"{"type":"good"},{"type":"bad"}"#)
        let attachment = try stage.attachment()
        try stage.plugin("good", answer)
        let big = "head -c 3000000 /dev/zero | tr '\\0' 'a'"
        for (script, message) in [
            (
                #"[ $CNI_COMMAND = DEL ] || { echo '{"code":11,"msg":"pool busy","details":"wait"}'; exit 1; }"#,
                "the CNI plugin 'bad' (ADD): pool busy: wait (code 11)"
            ),
            (
                "[ $CNI_COMMAND = DEL ] || { echo oops >&2; exit 3; }",
                "the CNI plugin 'bad' (ADD) ended with 3 and without an error: oops"
            ),
            ("[ $CNI_COMMAND = DEL ] || kill -9 $$", "the CNI plugin 'bad' (ADD) was killed by SIGKILL"),
            ("[ $CNI_COMMAND = DEL ] || sleep 60", "the CNI plugin 'bad' (ADD) took longer than 3000 ms and was killed"),
            ("[ $CNI_COMMAND = DEL ] || echo '{'", "the CNI plugin 'bad' (ADD) gave no result: "),
            ("true", "the CNI plugin 'bad' (ADD) gave no result: "),
            ("[ $CNI_COMMAND = DEL ] || echo '[1]'", "the CNI plugin 'bad' (ADD) gave no result: expected an object"),
            ("[ $CNI_COMMAND = DEL ] || { \(big) 2>/dev/null; exit 0; }", "the CNI plugin 'bad' (ADD) gave no result: "),
            (
                "[ $CNI_COMMAND = DEL ] || { printf '{\"code\":7,\"msg\":\"\\033[31m\"}'; exit 1; }",
                "the CNI plugin 'bad' (ADD) ended with 1"
            ),
        ] {
            try stage.plugin("bad", script)
            let error = try networkError(script) { _ = try stage.cni.add(attachment, to: network) }
            try expect(error.message.hasPrefix(message), "found '\(error.message)', expected '\(message)'")
            try expectEqual(error.undoing, nil)
            // What was made is taken back, the failed plugin's too.
            try expectEqual(
                try stage.log(), ["ADD good eth0 one", "ADD bad eth0 one", "DEL bad eth0 one", "DEL good eth0 one"])
            try expectEqual(try stage.scene.journal.range(RangeRequest(.prefix("/cni/"))).count, 0)
        }
        let missing = try networkError("no such plugin") { _ = try stage.cni.add(attachment, to: list(#"{"type":"nowhere"}"#)) }
        try expect(missing.message.hasPrefix("the CNI plugin 'nowhere' is not in '/mnt/bin', '/usr/lib/cni'"), "\(missing)")
        try expectEqual(missing.kind, .refused)
    },
    Fact("network-cni-delete-is-repeated-from-the-journal") {
        let stage = try Stage()
        try stage.plugin("one", answer)
        try stage.plugin("two", "\(answer); [ $CNI_COMMAND != DEL ] || [ -e /mnt/mended ]")
        _ = try stage.cni.add(stage.attachment(), to: list(#"{"type":"one"},{"type":"two"}"#))
        _ = try stage.log()
        let error = try networkError("a DEL that fails") { try stage.cni.delete(sandbox("one")) }
        try expect(error.message.contains("'two' (DEL)"), "\(error)")
        _ = try FileDescriptor.workingDirectory.open("/mnt/mended", [.writeOnly, .create])
        // Another process, which knows no list and no namespace.
        try Stage.network(Journal.open(path("/mnt/journal"))).delete(sandbox("one"))
        try expectEqual(try stage.log(), ["DEL two eth0 one", "DEL two eth0 one", "DEL one eth0 one"])
        try expectEqual(try stage.scene.journal.range(RangeRequest(.prefix("/cni/"))).count, 0)
        // ADD over what was left deletes it first, and a failed clean-up is said beside the cause.
        try FileDescriptor.workingDirectory.unlink("/mnt/mended")
        try stage.plugin("two", "exit 1")
        let both = try networkError("ADD and DEL fail") {
            _ = try stage.cni.add(stage.attachment(), to: list(#"{"type":"two"}"#))
        }
        try expect(both.message.contains("(ADD)") && both.undoing?.contains("(DEL)") == true, "\(both)")
        try stage.plugin("two", answer)
        _ = try stage.log()
        _ = try stage.cni.add(stage.attachment(), to: list(#"{"type":"two"}"#))
        try expectEqual(try stage.log(), ["DEL two eth0 one", "ADD two eth0 one"])
    },
    Fact("network-cni-killed-anywhere-is-deleted") {
        let stage = try Stage()
        try stage.plugin("one", "touch /mnt/made; [ $CNI_COMMAND != DEL ] || rm -f /mnt/made; \(answer)")
        let network = try list(#"{"type":"one"},{"type":"one"}"#)
        var cuts = 0
        for stop in 1...20 {
            let child = try Child {
                let other = try Stage.network(Journal.open(path("/mnt/journal")))
                var count = 0
                other.willTakeStep = { _ in
                    count += 1
                    if count == stop { exitImmediately(7) }
                }
                _ = try other.add(stage.attachment(), to: network)
                try other.delete(sandbox("one"))
                return 0
            }
            let status = try child.end()
            if status == .exited(code: 0) { break }
            try expectEqual(status, .exited(code: 7))
            cuts += 1
            try stage.cni.delete(sandbox("one"))
            try expectEqual(try stage.scene.journal.range(RangeRequest(.prefix("/cni/"))).count, 0)
            try expectErrno(.ENOENT, "what the plugin made, after step \(stop)") { () throws(KernelError) in
                _ = try FileDescriptor.workingDirectory.statusFollowing("/mnt/made")
            }
        }
        try expectEqual(cuts, 8)
    },
    Fact("network-cni-garbage-is-collected") {
        let stage = try Stage()
        try stage.plugin("one", answer)
        let network = try list(#"{"type":"one"}"#)
        for uid in ["a", "b"] { _ = try stage.cni.add(stage.attachment(uid), to: network) }
        _ = try stage.log()
        try stage.cni.collectGarbage(network) { $0.string == "b" }
        try expectEqual(try stage.log(), ["DEL one eth0 a", "GC one  "])
        let valid = #""cni.dev/valid-attachments":[{"containerID":"b","ifname":"eth0"}]"#
        try expect(try readText("/mnt/in-one-GC").contains(valid), try readText("/mnt/in-one-GC"))
        // After the last pod its plugins have not been told yet that nobody is left.
        try stage.cni.delete(sandbox("b"))
        try expectEqual(try stage.cni.networksOfPods(), ["net"])
        try stage.plugin("one", "exit 1")
        _ = try networkError("GC fails") { try stage.cni.collectGarbage(network) { _ in false } }
        try expectEqual(try stage.cni.networksOfPods(), ["net"])
        try stage.plugin("one", answer)
        try stage.cni.collectGarbage(network) { _ in false }
        let nobody = #""cni.dev/valid-attachments":[]"#
        try expect(try readText("/mnt/in-one-GC").contains(nobody), try readText("/mnt/in-one-GC"))
        try expectEqual(try stage.cni.networksOfPods(), [])
        _ = try stage.cni.add(stage.attachment("b"), to: network)
        _ = try stage.log()
        // A list of before 1.1 has neither STATUS nor GC.
        let old = try list(#"{"type":"one"}"#, version: "1.0.0")
        try stage.cni.status(old)
        try stage.cni.collectGarbage(old) { _ in false }
        try expectEqual(try stage.log(), ["DEL one eth0 b"])
        try expectEqual(try stage.cni.networksOfPods(), [])
    },
    Fact("network-cni-pod-that-attaches-beside-a-collection-stays") {
        let stage = try Stage()
        // ADD goes on until the collection waits for it.
        try stage.plugin(
            "one", "[ $CNI_COMMAND != ADD ] || { touch /mnt/adding; until [ -e /mnt/go ]; do sleep 0.01; done; }; \(answer)")
        let network = try list(#"{"type":"one"}"#)
        let adding = try Child {
            _ = try Stage.network(Journal.open(path("/mnt/journal"))).add(stage.attachment("late"), to: network)
            return 0
        }
        try eventually("ADD") { (try? readText("/mnt/adding")) != nil }
        let collecting = try Child {
            let other = try Stage.network(Journal.open(path("/mnt/journal")))
            // As a pod's registry would: it lives if it is recorded as attached when it is asked for.
            try other.collectGarbage(network) { uid throws(NetworkError) in
                try other.attachments().contains { $0.sandbox == uid && $0.isComplete }
            }
            return 0
        }
        pause(milliseconds: 100)
        _ = try FileDescriptor.workingDirectory.open("/mnt/go", [.writeOnly, .create])
        try expectEqual(try adding.end(), .exited(code: 0))
        try expectEqual(try collecting.end(), .exited(code: 0))
        try expectEqual(try stage.cni.attachments().map(\.sandbox), [try sandbox("late")])
        try expectEqual(try stage.log(), ["ADD one eth0 late", "GC one  "])
    },
    Fact("network-of-a-pod-that-came-back-is-left-to-it") {
        let stage = try Stage()
        try stage.plugin(
            "one", "[ $CNI_COMMAND != ADD ] || { touch /mnt/adding; until [ -e /mnt/go ]; do sleep 0.01; done; }; \(answer)")
        let adding = try Child {
            _ = try Stage.network(Journal.open(path("/mnt/journal"))).add(stage.attachment(), to: list(#"{"type":"one"}"#))
            return 0
        }
        try eventually("ADD") { (try? readText("/mnt/adding")) != nil }
        let mending = try Child {
            let other = try Stage.network(Journal.open(path("/mnt/journal")))
            // Whether the pod is gone is asked when nobody attaches it any more.
            try other.delete(sandbox("one")) { () throws(NetworkError) in try !other.attachments().contains(where: \.isComplete) }
            return 0
        }
        pause(milliseconds: 100)
        _ = try FileDescriptor.workingDirectory.open("/mnt/go", [.writeOnly, .create])
        try expectEqual(try adding.end(), .exited(code: 0))
        try expectEqual(try mending.end(), .exited(code: 0))
        try expectEqual(try stage.log(), ["ADD one eth0 one"])
        // The same of the bridge network and of host ports.
        let network = try stage.scene.network()
        let pod = try stage.scene.namespace()
        _ = try network.setUp(sandbox("one"), name: "one", namespace: pod)
        try network.tearDown(sandbox("one")) { () throws(NetworkError) in false }
        try expectEqual(try network.pods().map(\.name), ["one"])
        let claims = HostPortClaims(journal: stage.scene.journal, runRoot: try path("/mnt"))
        try claims.claim([try HostPort(.tcp, port: 80, podPort: 80)], for: sandbox("two"), name: "two")
        try claims.release(sandbox("two")) { () throws(NetworkError) in false }
        try expectEqual(try claims.holders().map(\.name), ["two"])
    },
    Fact("network-cni-standard-plugins-connect-pods") {
        guard executionObstacle("/usr/lib/cni/bridge") == nil else { throw Missing(what: "the plugins of CNI are not installed") }
        let stage = try Stage()
        let json =
            #"{"type":"bridge","bridge":"cni0","isGateway":true,"ipam":{"type":"host-local","dataDir":"/mnt/ipam","ranges":[[{"subnet":"10.88.0.0/16"}]]}},"#
            + #"{"type":"tuning","capabilities":{"mac":true}}"#
        let network = try list(json, version: "1.0.0")
        let first = try stage.scene.namespace()
        let second = try stage.scene.namespace()
        var capabilities = CNICapabilities()
        capabilities.hardwareAddress = HardwareAddress([2, 0, 0, 0, 0, 0x42])
        let one = try stage.cni.add(stage.attachment("one", first.descriptor), to: network, capabilities)
        let two = try stage.cni.add(stage.attachment("two", second.descriptor), to: network)
        try expectEqual(one.addresses + two.addresses, [try ip("10.88.0.2"), try ip("10.88.0.3")])
        guard let eth0 = InterfaceName("eth0") else { throw Broken(description: "names") }
        var inside = try NetlinkSocket(.route, in: first.descriptor)
        try expectEqual(try inside.link(eth0)?.hardwareAddress?.description, "02:00:00:00:00:42")
        let listener = try TestSocket.bound(.tcp, at: two.addresses[0], port: 80, in: second.descriptor)
        try expectEqual(try tcpReaches(first, two.addresses[0], 80, listener: listener, milliseconds: 5000), one.addresses[0])
        try stage.cni.check(sandbox("two"), network: "net")
        var other = try NetlinkSocket(.route, in: second.descriptor)
        try other.perform(LinkMessage.delete(eth0))
        _ = try networkError("CHECK of what is gone") { try stage.cni.check(sandbox("two"), network: "net") }
        for uid in ["one", "two"] { try stage.cni.delete(sandbox(uid)) }
        try expectEqual(try inside.link(eth0), nil)
    },
]
