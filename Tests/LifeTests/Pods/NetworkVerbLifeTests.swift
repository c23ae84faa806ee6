import Foundation
import Testing

/// `hull network` and the configuration file.
@Suite(
    "pods: hull network", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs,
    Requirement.network, .leakCheck)
struct NetworkVerbLifeTests {
    private let spec = """
        terminationGracePeriodSeconds: 0
        containers:
        - {name: c, image: "busybox:1", command: [sleep, "1000"], ports: [{containerPort: 80, hostPort: 8080, protocol: UDP}]}
        """

    /// What `network check` says; nothing where all is well.
    private func expectCheck(_ place: PodPlace, _ wanted: [String], location: SourceLocation = #_sourceLocation) throws {
        let outcome = try place.call("network", "check")
        #expect(outcome.errors == "", sourceLocation: location)
        #expect(outcome.code == (wanted.isEmpty ? 0 : 1), "\(outcome.output)", sourceLocation: location)
        #expect(outcome.lines.count == wanted.count, "\(outcome.output)", sourceLocation: location)
        for (line, words) in zip(outcome.lines, wanted) { #expect(line.contains(words), sourceLocation: location) }
    }

    @Test("the verbs show a network and mend what somebody broke")
    func verbs() throws {
        let network = try TestNetwork()
        try withPods("verbs", in: network) { place in
            try expectCheck(place, [])
            #expect(try place.call("network", "ls", "-o", "name").lines.first == "bridge")
            #expect(
                try place.call("network", "ls").lines.dropFirst().first?.split(separator: " ").prefix(3) == [
                    "bridge", "down", "0",
                ])
            try place.call("run", "--network", "bridge", place.write("p", spec)).check("run")
            try expectCheck(place, [])
            #expect(
                try place.call("network", "ls").lines.dropFirst().first?.split(separator: " ").prefix(3) == ["bridge", "up", "1"])
            let shown =
                try JSONValue(parsing: place.call("network", "inspect", "-o", "json", "bridge").output).array.first ?? .null
            let pod = shown["pods"]?.array.first ?? .null
            #expect(pod["name"]?.string == "default/p" && pod["state"]?.string == "ready")
            #expect(pod["hostPorts"]?.array.map(\.string) == ["udp 8080 to 80"])
            let yaml = try place.call("network", "inspect", "bridge").output
            #expect(yaml.contains("state: up\n") && yaml.contains("10.210.0.0/16"), "\(yaml)")
            expectEnd(try place.call("network", "inspect", "brige"), 3, "", says: "did you mean 'bridge'?")

            try network.call("ip", "link", "add", "hull0p99", "type", "bridge").check("a stray link")
            try network.call("nft", "flush", "set", "bridge", "hull0", "senders4").check("a rule that is gone")
            try network.call("sysctl", "-qw", "net.ipv4.ip_forward=0").check("a setting")
            try place.call("journal", "put", "/addresses/10.210.9.9", "nobody").check("a stray claim")
            let broken = [
                "the host does not forward IPv4 any more", "the link 'hull0p99' belongs to no pod",
                "a rule of pod 'default/p'", "'/addresses/10.210.9.9' is claimed by 'nobody'",
            ]
            try expectCheck(place, broken)
            let json = try JSONValue(parsing: place.call("network", "check", "-o", "json").output).array
            #expect(json.count == 4 && json.allSatisfy { $0["canBeFixed"]?.text == "true" })
            expectEnd(try place.call("network", "check", "--fix"), 0, "")
            try expectCheck(place, [])

            // A pod that is gone, as far as pods go.
            let uid = try place.uid("p")
            try place.call("journal", "put", "/network/pods/\(uid)-gone", Self.record).check("a stray pod")
            let gone = try place.call("network", "check")
            #expect(gone.code == 1 && gone.output.contains("has addresses of the bridge network, but there is no such pod"))
            expectEnd(try place.call("network", "check", "--fix"), 0, "")
            try expectCheck(place, [])
        }
        #expect(try network.leftovers() == [])
    }

    @Test("audit finds what is left of networks, both ways, and --fix mends it: elements, links, addresses, ports, records")
    func audit() throws {
        let network = try TestNetwork()
        try withPods("audit-net", in: network) { place in
            try place.call("run", "--network", "bridge", place.write("p", spec)).check("run")
            expectEnd(try place.call("audit"), 0, "")
            let plants = [
                // An element that is like the pod's, for another address.
                (
                    "e=$(nft list set bridge hull0 senders4 | tr '\\n\\t' '  ' | sed 's/.*elements = {//; s/ comment.*//; s/[,}].*//; s/10\\.210\\.[0-9.]*/10.210.8.8/'); nft add element bridge hull0 senders4 \"{ $e }\"",
                    "the set 'senders4' has a rule of no pod"
                ),
                ("nft flush set bridge hull0 senders6", "is gone from the set 'senders6'"),
                ("nft flush chain inet hull0 early", "the chain 'early' has 0 rules, not 2"),
                (
                    "ip -br link show master hull0 | sed 's/[@ ].*//' | while read port; do ip link set $port nomaster; done",
                    "is no port of the bridge 'hull0'"
                ),
                ("ip link add hull0p99 type veth peer name hull0p98", "the link 'hull0p99' belongs to no pod"),
                ("ip addr del $(ip -4 -br addr show hull0 | awk '{print $3}') dev hull0", "has lost its address 10.210.0.1"),
                ("$H journal put $O /addresses/10.210.9.9 nobody >/dev/null", "'/addresses/10.210.9.9' is claimed by 'nobody'"),
                (
                    "$H journal put $O '/hostports/udp/9999/*' nobody >/dev/null",
                    "'/hostports/udp/9999/*' is claimed by 'nobody'"
                ),
                (
                    "$H journal put $O /network/pods/\(place.podMark)0-gone '\(Self.record)' >/dev/null",
                    "has addresses of the bridge network, but there is no such pod"
                ),
                (
                    "mkdir -p \(place.runRoot)/pods/\(place.podMark)0-gone; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"\(place.runRoot)/pods/\(place.podMark)0-gone/keeper.sock\")'",
                    "keeper.sock'"
                ),
            ]
            for (script, _) in plants { try place.script(script).check("plant '\(script)'") }
            let found = try place.call("audit")
            #expect(found.code == 1)
            for (script, says) in plants {
                #expect(found.output.contains(says), "'\(script)' is not found: \(found.output)\(found.errors)")
            }
            let fixed = try place.call("audit", "--fix")
            expectEnd(fixed, 0, "")
            expectEnd(try place.call("audit"), 0, "")
            try place.call("exec", "p", "--", "true").check("the pod runs on")
        }
        #expect(try network.leftovers() == [])
    }

    @Test("the network of another root on the same host is left alone by check and audit, and refused to who runs a pod")
    func anotherRoot() throws {
        let network = try TestNetwork()
        try withPods("root-a", in: network) { place in
            try place.call("run", "--network", "bridge", place.write("p", spec)).check("run")
            let state = try network.call("nft", "list", "ruleset").output + network.call("ip", "-o", "link").output
            try withPods("root-b", in: network) { other in
                try other.call("run", other.write("q", spec.replacingOccurrences(of: ", hostPort: 8080", with: ""))).check("run")
                expectEnd(try other.call("network", "check"), 0, "")
                expectEnd(try other.call("network", "check", "--fix"), 0, "")
                expectEnd(try other.call("audit", "--fix"), 0, "")
                let refused = try other.call("run", "--network", "bridge", "--rm", other.write("r", spec))
                expectEnd(refused, 1, "", says: "the bridge 'hull0' is of another root of Hull, whose run directory is '")
                #expect(refused.errors.contains(place.runRoot), "\(refused.errors)")
                expectEnd(try other.call("audit"), 0, "")
            }
            #expect(try network.call("nft", "list", "ruleset").output + network.call("ip", "-o", "link").output == state)
            expectEnd(try place.call("audit"), 0, "")
        }
        #expect(try network.leftovers() == [])
    }

    private static let record =
        #"{"state":"ready","name":"default/gone","offset":77,"device":1,"inode":1,"ports":[]}"#

    @Test("the configuration says which network, which bridge and which subnets; what it says wrong is told with its line")
    func configuration() throws {
        let network = try TestNetwork()
        try withPods("configured", in: network) { place in
            let file = place.work + "/config.json"
            func configure(_ text: String) throws {
                try text.write(toFile: file, atomically: true, encoding: .utf8)
                chmod(file, 0o644)
            }
            try configure(
                #"{"network": "bridge", "bridgeNetwork": {"bridge": "hull0x", "subnet4": "10.77.0.0/24", "subnet6": ""}}"#)
            try place.call("run", "--config", file, place.write("p", spec)).check("run")
            #expect(try place.document("p")["status", "podIPs"]?.array.compactMap { $0["ip"]?.string } == ["10.77.0.2"])
            try expectCheck(place, [])
            let other = try place.call("run", "--network", "bridge", "--rm", place.write("q", spec))
            expectEnd(other, 1, "", says: "the network is up with another configuration (10.77.0.0/24 on hull0x)")
            try place.call("restart", "p").check("restart")
            #expect(try place.document("p")["status", "podIP"]?.string?.hasPrefix("10.77.0.") == true)
            try place.call("rm", "-f", "p").check("rm")

            try configure("{\n  \"netwrk\": \"bridge\"\n}\n")
            let wrong = try place.call("run", "--config", file, place.write("r", spec))
            expectEnd(
                wrong, 2, "", says: "config.json': /netwrk: unknown member 'netwrk'; did you mean 'network'? (line 2, column 13)")
            try network.call("ip", "address", "add", "10.88.1.1/16", "dev", "lo").check("address")
            try network.call("ip", "link", "add", "up0", "type", "bridge").check("link")
            try network.call("ip", "link", "set", "up0", "up").check("up")
            try network.call("ip", "route", "add", "10.99.0.0/16", "dev", "up0").check("route")
            try configure(#"{"bridgeNetwork": {"subnet4": "10.99.0.0/24"}}"#)
            let taken = try place.call("run", "--rm", "--network", "bridge", "--config", file, place.write("s", spec))
            expectEnd(taken, 1, "", says: "the subnet 10.99.0.0/24 is in use: the host has a route to 10.99.0.0/16 by 'up0'")
            expectEnd(try place.call("network", "ls", "--config", "/none"), 2, "", says: "there is no configuration '/none'")
            chmod(file, 0o666)
            expectEnd(try place.call("network", "ls", "--config", file), 2, "", says: "others can write to it")
            try network.call("ip", "link", "delete", "up0").check("link")
        }
        #expect(try network.leftovers() == [])
    }
}
