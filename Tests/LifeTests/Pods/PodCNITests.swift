import Foundation
import Glibc
import Testing

/// Pods on networks of CNI, in a host's network made for the test. The plugin is a script that joins the pod to the host by a cable.
@Suite(
    "pods: networks of CNI", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs, .leakCheck)
struct PodCNITests {
    private let spec = """
        terminationGracePeriodSeconds: 0
        containers:
        - {name: c, image: "busybox:1", command: [sleep, "1000"], ports: [{containerPort: 80, hostPort: 8080, hostIP: 192.0.2.1}]}
        """

    /// A configuration with two networks, of which one maps ports. Returns its file.
    private func prepare(_ place: PodPlace) throws -> String {
        let (work, manager) = (place.work, FileManager.default)
        for name in ["lists", "plugins"] {
            try manager.createDirectory(atPath: "\(work)/\(name)", withIntermediateDirectories: true)
        }
        let script = """
            #!/bin/sh
            echo "$CNI_COMMAND $CNI_IFNAME" >> \(work)/log
            cat > \(work)/in-$CNI_COMMAND
            [ ! -e \(work)/refuse-$CNI_COMMAND ] || { echo '{"code": 11, "msg": "no room", "details": "today"}'; exit 1; }
            case $CNI_COMMAND in
            ADD)
                echo "$CNI_ARGS" > \(work)/arguments
                ip link add life0 type veth peer name life1 && ip link set life1 netns $CNI_NETNS || exit 2
                nsenter --net=$CNI_NETNS sh -c 'ip link set life1 name eth0; ip address add 10.66.0.2/24 dev eth0; ip link set eth0 up'
                ip address add 10.66.0.1/24 dev life0 && ip link set life0 up || exit 3
                echo '{"cniVersion": "1.1.0", "ips": [{"address": "10.66.0.2/24"}]}';;
            CHECK) nsenter --net=$CNI_NETNS ip link show eth0 > /dev/null || { echo '{"code": 99, "msg": "no cable"}'; exit 1; };;
            DEL) ip link delete life0 || true;;
            STATUS) [ ! -e \(work)/full ] || { echo '{"code": 50, "msg": "no address is free"}'; exit 1; };;
            esac

            """
        try script.write(toFile: work + "/plugins/life", atomically: true, encoding: .utf8)
        chmod(work + "/plugins/life", 0o755)
        for (name, capabilities) in [("life", #", "capabilities": {"portMappings": true}"#), ("plain", "")] {
            let list = #"{"cniVersion": "1.1.0", "name": "\#(name)", "plugins": [{"type": "life"\#(capabilities)}]}"#
            try list.write(toFile: "\(work)/lists/\(name).conflist", atomically: true, encoding: .utf8)
        }
        let configuration = """
            {"network": "cni:life", "cni": {"lists": "\(work)/lists", "plugins": ["\(work)/plugins"], "timeoutSeconds": 60}}
            """
        try configuration.write(toFile: work + "/config.json", atomically: true, encoding: .utf8)
        chmod(work + "/config.json", 0o644)
        return work + "/config.json"
    }

    /// The address at which the pods of these tests have their ports.
    private func addAddress(_ network: TestNetwork) throws {
        try network.call("ip", "address", "add", "192.0.2.1/24", "dev", "lo").check("address")
    }

    private func log(_ place: PodPlace) -> [String] {
        let lines = (fileText(place.work + "/log") ?? "").split(separator: "\n").map(String.init)
        unlink(place.work + "/log")
        return lines
    }

    private func mark(_ place: PodPlace, _ name: String) {
        close(open("\(place.work)/\(name)", O_CREAT | O_WRONLY | O_CLOEXEC, 0o600))
    }

    @Test("a pod gets its network by ADD, is looked after by CHECK, and leaves it by DEL, which is repeated until it succeeds")
    func life() throws {
        let network = try TestNetwork()
        try addAddress(network)
        try withPods("cni", in: network) { place in
            let file = try prepare(place)
            let web = try place.write("web", spec)
            try place.call("run", "--config", file, web).check("run")
            #expect(log(place) == ["ADD eth0"])
            #expect(try place.document("web")["status", "podIP"]?.string == "10.66.0.2")
            let input = try JSONValue(parsing: fileText(place.work + "/in-ADD") ?? "")
            let mapping = input["runtimeConfig", "portMappings"]?.array.first ?? .null
            #expect(mapping["hostPort"]?.integer == 8080 && mapping["hostIP"]?.string == "192.0.2.1")
            let arguments = fileText(place.work + "/arguments") ?? ""
            #expect(arguments.contains("K8S_POD_NAMESPACE=default;K8S_POD_NAME=web;"), "\(arguments)")
            let pod = try place.pid(of: "web")
            let ping = try network.call(
                "nsenter", "--net=/proc/\(pod)/ns/net", Machine.rootfs + "/bin/busybox", "ping", "-c", "1", "-W", "20",
                "10.66.0.1")
            #expect(ping.succeeded, "\(ping.output)\(ping.errors)")

            let table = try place.call("network", "ls", "--config", file).lines
            #expect(table.contains { $0.split(separator: " ").prefix(3) == ["cni:life", "configured", "1"] }, "\(table)")
            expectEnd(try place.call("network", "check", "--config", file), 0, "")
            #expect(log(place) == ["CHECK eth0", "STATUS "])
            try network.call("ip", "link", "delete", "life0").check("the cable")
            let broken = try place.call("network", "check", "--config", file)
            #expect(
                broken.code == 1 && broken.output.contains("the CNI plugin 'life' (CHECK): no cable (code 99)"),
                "\(broken.output)")
            _ = log(place)

            mark(place, "full")
            let full = try place.call("network", "check", "--fix", "--config", file)
            #expect(full.code == 1 && full.output.contains("no cable"), "\(full.output)")
            #expect(log(place).contains("GC "))
            let input11 = try JSONValue(parsing: fileText(place.work + "/in-GC") ?? "")
            let valid = input11["cni.dev/valid-attachments"]?.array.compactMap { $0["containerID"]?.string }
            #expect(valid == [try place.uid("web")])
            let status = try place.call("network", "check", "--config", file)
            #expect(
                status.output.contains("the network 'cni:life': the CNI plugin 'life' (STATUS): no address is free (code 50)"))
            _ = log(place)
            try "{".write(toFile: place.work + "/lists/bad.conflist", atomically: true, encoding: .utf8)
            let listed = try place.call("network", "ls", "-o", "name", "--config", file)
            #expect(
                listed.output == "bridge\ncni:life\ncni:plain\n" && listed.errors.contains("bad.conflist"), "\(listed.errors)")

            mark(place, "refuse-DEL")
            let stop = try place.call("stop", "web")
            expectEnd(stop, 1, "", says: "the CNI plugin 'life' (DEL): no room: today (code 11)")
            #expect(try place.call("journal", "range", "--keys-only", "/cni/").lines.count == 1)
            unlink(place.work + "/refuse-DEL")
            try place.call("stop", "web").check("stop")
            #expect(Set(log(place)) == ["DEL eth0"])
            #expect(try place.call("journal", "range", "--keys-only", "/cni/").output == "")

            try place.call("restart", "web").check("restart")
            #expect(log(place) == ["ADD eth0"])
            try place.call("rm", "-f", "web").check("rm")
            #expect(log(place) == ["DEL eth0"])
        }
        #expect(try network.call("ip", "-o", "link").lines.count == 1)
    }

    @Test("what cannot be is told before anything is made, and what a plugin refuses leaves nothing")
    func refusals() throws {
        let network = try TestNetwork()
        try addAddress(network)
        try withPods("no-cni", in: network) { place in
            let file = try prepare(place)
            let web = try place.write("web", spec)
            let unknown = try place.call("run", "--config", file, "--network", "cni:lief", web)
            expectEnd(
                unknown, 2, "", says: "there is no network 'lief' of CNI in '\(place.work)/lists' (there are: 'life', 'plain')")
            let plain = try place.call("run", "--config", file, "--network", "cni:plain", web)
            expectEnd(
                plain, 2, "", says: "spec.containers[0].ports[0].hostPort: the network 'cni:plain' has no ports of the host")
            #expect(plain.errors.contains("hint: none of its plugins has the capability 'portMappings'"), "\(plain.errors)")
            #expect(log(place) == [])
            mark(place, "refuse-ADD")
            let refused = try place.call("run", "--rm", "--config", file, web)
            expectEnd(refused, 1, "", says: "the CNI plugin 'life' (ADD): no room: today (code 11)")
            #expect(Set(log(place)) == ["ADD eth0", "DEL eth0"])
            #expect(try place.call("journal", "range", "--keys-only", "/cni/").output == "")
        }
        #expect(try network.call("ip", "-o", "link").lines.count == 1)
    }

    @Test("what a pod that is gone has left on a network is found, and taken away")
    func strays() throws {
        let network = try TestNetwork()
        try addAddress(network)
        try withPods("stray-cni", in: network) { place in
            let file = try prepare(place)
            try place.call("run", "--config", file, place.write("web", spec)).check("run")
            let key = try place.call("journal", "range", "--keys-only", "/cni/").lines.first ?? ""
            let record = try place.call("journal", "get", "--print-value-only", key).output
            try place.call("rm", "-f", "web").check("rm")
            try place.call("journal", "put", "/cni/gone/life", record).check("put")
            _ = log(place)
            let found = try place.call("network", "check", "--config", file)
            #expect(found.code == 1 && found.output == "pod gone is on the network 'cni:life', but there is no such pod\n")
            _ = log(place)
            expectEnd(try place.call("network", "check", "--fix", "--config", file), 0, "")
            // After the last pod the plugins are told that nobody is left, once.
            #expect(log(place) == ["DEL eth0", "GC "])
            let input = try JSONValue(parsing: fileText(place.work + "/in-GC") ?? "")
            #expect(input["cni.dev/valid-attachments"]?.array.isEmpty == true)
            expectEnd(try place.call("network", "check", "--fix", "--config", file), 0, "")
            #expect(log(place) == [])
            expectEnd(try place.call("network", "check", "--config", file), 0, "")
        }
    }

    @Test("a pod that runs without a record of its network is told, and a port of the host is one pod's in all networks")
    func records() throws {
        let network = try TestNetwork()
        try addAddress(network)
        try withPods("cni-records", in: network) { place in
            let file = try prepare(place)
            try place.call("run", "--config", file, place.write("web", spec)).check("run")
            let key = try place.call("journal", "range", "--keys-only", "/cni/").lines.first ?? ""
            let record = try place.call("journal", "get", "--print-value-only", key).output
            try place.call("journal", "del", key).check("del")
            let uid = try place.uid("web")
            let found = try place.call("network", "check", "--config", file)
            #expect(found.code == 1)
            #expect(
                found.output == "pod 'default/web' (\(uid)) runs on the network 'cni:life', of which nothing is recorded\n",
                "\(found.output)\(found.errors)")
            try place.call("journal", "put", key, record).check("put")
            expectEnd(try place.call("network", "check", "--config", file), 0, "")

            let other = try place.write(
                "other",
                spec.replacingOccurrences(
                    of: "containerPort: 80, hostPort: 8080, hostIP: 192.0.2.1", with: "containerPort: 8080"))
            let refused = try place.call("run", "--rm", "--network", "host", other)
            expectEnd(
                refused, 1, "", says: "the host port 'tcp 8080' that pod 'default/other' wants is held by pod 'default/web'")
            try place.call("rm", "-f", "web").check("rm")
            try place.call("run", "--network", "host", other).check("the port is free")
            let web = try place.call("run", "--rm", "--config", file, place.write("web", spec))
            expectEnd(
                web, 1, "",
                says: "the host port 'tcp 192.0.2.1:8080' that pod 'default/web' wants is held by pod 'default/other'")
            try place.call("rm", "-f", "other").check("rm")
            #expect(try place.call("journal", "range", "--keys-only", "/hostport").output == "")
        }
    }
}
