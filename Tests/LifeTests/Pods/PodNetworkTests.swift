import Foundation
import Testing

/// Pods with addresses and ports of the host, in a host's network made for the test.
@Suite(
    "pods: network", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs,
    Requirement.network,
    .leakCheck)
struct PodNetworkTests {
    private func server(_ ports: String) -> String {
        """
        terminationGracePeriodSeconds: 0
        containers:
        - name: c
          image: busybox:1
          command: [sh, -c, "while true; do hostname | nc -l -p 80; done"]
          ports: [\(ports)]
        """
    }

    /// The answer of a server that is about to listen.
    private func expectAnswer(
        _ wanted: String, _ network: TestNetwork, _ address: String, _ port: Int, location: SourceLocation = #_sourceLocation
    ) {
        #expect(eventually { (try? network.answer(address, port)) == wanted }, "\(address):\(port)", sourceLocation: location)
    }

    @Test("ports of the host lead to a pod, are shown, refused to others with the holder's name, and given back")
    func hostPorts() throws {
        let network = try TestNetwork()
        try withPods("ports", in: network) { place in
            let web = try place.write(
                "web", server("{containerPort: 80, hostPort: 8080}, {containerPort: 53, hostPort: 53, protocol: SCTP}"))
            try place.call("run", "--network", "bridge", web).check("run")
            let status = try place.document("web")["status"] ?? .null
            let address = status["podIP"]?.string ?? ""
            #expect(address.hasPrefix("10.210.0."))
            #expect(status["podIPs"]?.array.compactMap { $0["ip"]?.string }.count == 2)
            #expect(status["hostIP"]?.string == "10.210.0.1")
            expectAnswer("web\n", network, address, 80)
            expectAnswer("web\n", network, "127.0.0.1", 8080)
            expectAnswer("web\n", network, "10.210.0.1", 8080)
            let wide = try place.call("ps", "-o", "wide").output
            #expect(wide.contains(address + ",fd68:756c:6c00:"), "\(wide)")

            for port in [
                "{containerPort: 1, hostPort: 8080, hostIP: 127.0.0.1}", "{containerPort: 1, hostPort: 53, protocol: SCTP}",
            ] {
                let other = try place.write("other", namespace: "team", server(port))
                let outcome = try place.call("run", "--network", "bridge", "--rm", other)
                expectEnd(outcome, 1, "", says: "that pod 'team/other' wants is held by pod 'default/web'")
            }
            let udp = try place.write("udp", server("{containerPort: 80, hostPort: 8080, protocol: UDP}"))
            try place.call("run", "--network", "bridge", udp).check("another protocol")

            try place.call("stop", "web").check("stop")
            let next = try place.write("next", server("{containerPort: 80, hostPort: 8080, hostIP: 127.0.0.1}"))
            try place.call("run", "--network", "bridge", next).check("the port is free")
            expectAnswer("next\n", network, "127.0.0.1", 8080)
            #expect(try network.answer("10.210.0.1", 8080) == "")
        }
        #expect(try network.leftovers() == [])
    }

    @Test("a port of the host is one pod's in all networks, and at an address of the machine")
    func claims() throws {
        let network = try TestNetwork()
        try withPods("claims", in: network) { place in
            let one = try place.write("one", "hostNetwork: true\n" + server("{containerPort: 80}"))
            try place.call("run", one).check("run")
            let held = "the host port 'tcp 80' that pod 'default/two' wants is held by pod 'default/one'"
            let same = try place.write("two", "hostNetwork: true\n" + server("{containerPort: 80, hostPort: 80}"))
            expectEnd(try place.call("run", "--rm", same), 1, "", says: held)
            let option = try place.write("two", server("{containerPort: 80}"))
            expectEnd(try place.call("run", "--rm", "--network", "host", option), 1, "", says: held)
            let bridged = try place.write("two", server("{containerPort: 8000, hostPort: 80}"))
            expectEnd(try place.call("run", "--rm", "--network", "bridge", bridged), 1, "", says: held)
            expectEnd(try place.call("network", "check"), 0, "")

            // As long as the pod has a sandbox, and again after a restart.
            try place.call("restart", "one").check("restart")
            expectEnd(try place.call("run", "--rm", "--network", "bridge", bridged), 1, "", says: held)
            try place.call("stop", "one").check("stop")
            try place.call("run", "--network", "bridge", bridged).check("the port is free")
            expectEnd(try place.call("network", "check"), 0, "")
            let back = try place.call("restart", "one")
            #expect(
                "\(back.output)\(back.errors)".contains("that pod 'default/one' wants is held by pod 'default/two'"),
                "\(back.output)\(back.errors)")
            for pod in ["one", "two"] { try place.call("rm", "-f", pod).check("rm") }

            let record = #"{"name":"default/gone","ports":[{"protocol":"tcp","hostPort":81,"containerPort":81}]}"#
            try place.call("journal", "put", "/hostport-holders/gone", record).check("put")
            try place.call("journal", "put", "/hostports/tcp/81/*", "gone").check("put")
            let found = try place.call("network", "check")
            #expect(
                found.code == 1
                    && found.output == "pod 'default/gone' (gone) holds ports of the host, but there is no such pod\n",
                "\(found.output)\(found.errors)")
            expectEnd(try place.call("network", "check", "--fix"), 0, "")
            #expect(try place.call("journal", "range", "--keys-only", "/hostport").output == "")

            let elsewhere = try place.write("three", server("{containerPort: 80, hostPort: 80, hostIP: 192.0.2.9}"))
            let refused = try place.call("run", "--rm", "--network", "bridge", elsewhere)
            expectEnd(
                refused, 1, "",
                says: "'tcp 192.0.2.9:80' that pod 'default/three' wants is at an address that this machine does not have")
            try network.call("ip", "address", "add", "192.0.2.9/32", "dev", "lo").check("address")
            try place.call("run", "--network", "bridge", elsewhere).check("run")
        }
        #expect(try network.leftovers() == [])
    }

    @Test("a claim of an earlier boot is nobody's")
    func earlierBoot() throws {
        let network = try TestNetwork()
        try withPods("boots", in: network) { place in
            // Volatile records of another boot, whose run root went with it.
            try place.script(
                """
                exec unshare -m --propagation private sh -ec '
                echo 11111111-2222-4333-8444-555555555555 > $W/boot
                mount --bind $W/boot /proc/sys/kernel/random/boot_id
                O="--root \(place.root) --run-root $W/earlier"
                for port in 80 81; do $H journal put $O --volatile "/hostports/tcp/$port/*" gone; done
                $H journal put $O --volatile /hostport-holders/gone - < $W/record
                # What comes before a durable record is on the disk with it.
                $H journal put $O /durable now
                rm -rf \(place.runRoot)/journal'
                """.replacingOccurrences(of: "exec", with: "echo '\(Self.holder)' > $W/record; exec")
            ).check("another boot")
            let old = try place.call("journal", "range", "--keys-only", "/hostport")
            #expect(old.lines == ["/hostport-holders/gone", "/hostports/tcp/80/*", "/hostports/tcp/81/*"], "\(old)")
            expectEnd(try place.call("network", "check"), 0, "")
            try place.call("run", place.write("one", "hostNetwork: true\n" + server("{containerPort: 80}"))).check("host")
            let two = try place.write("two", server("{containerPort: 80, hostPort: 81}"))
            try place.call("run", "--network", "bridge", two).check("bridge")
            let keys = try place.call("journal", "range", "--keys-only", "/hostport").lines
            #expect(keys.count == 3 && !keys.contains("/hostport-holders/gone"), "\(keys)")
        }
        #expect(try network.leftovers() == [])
    }

    private static let holder =
        #"{"name":"default/gone","ports":[{"protocol":"tcp","hostPort":80,"containerPort":80}]}"#

    @Test("names and resolvers of the manifest, as a container with an address sees them")
    func names() throws {
        let network = try TestNetwork()
        try withPods("dns", in: network) { place in
            func seen(_ pod: String, _ spec: String) throws -> [String] {
                let script =
                    "hostname; cat /etc/hostname; hostname -f; grep -vE 'localhost|ip6|^#|^$' /etc/hosts; cat /etc/resolv.conf"
                let file = try place.write(
                    pod,
                    "restartPolicy: Never\n\(spec)\ncontainers: [{name: c, image: 'busybox:1', command: [sh, -c, \"\(script)\"]}]"
                )
                try place.call("run", "--network", "bridge", file).check("run")
                try place.call("wait", pod).check("wait")
                return try place.log(pod).split(separator: "\n").map(String.init)
            }
            let full = "box.sub.default.svc.cluster.local"
            let lines = try seen(
                "a",
                """
                hostname: box
                subdomain: sub
                setHostnameAsFQDN: true
                hostAliases: [{ip: 192.0.2.9, hostnames: [db, db.example]}, {ip: "2001:db8::9", hostnames: [db]}]
                dnsPolicy: None
                dnsConfig: {nameservers: [192.0.2.53, "2001:db8::53"], searches: [a.example, b.example], options: [{name: ndots, value: "2"}, {name: edns0}]}
                """)
            #expect(
                lines == [
                    full, full, full, "10.210.0.2\t\(full)\tbox", "fd68:756c:6c00::2\t\(full)\tbox", "192.0.2.9\tdb\tdb.example",
                    "2001:db8::9\tdb", "nameserver 192.0.2.53", "nameserver 2001:db8::53", "search a.example b.example",
                    "options ndots:2 edns0",
                ], "\(lines)")
            // Of the host's resolver only what a pod can reach, and the manifest's own behind it.
            let more = try seen(
                "b", "subdomain: sub\ndnsConfig: {nameservers: [192.0.2.53], options: [{name: ndots, value: '4'}]}")
            #expect(more.prefix(3) == ["b", "b", "b.sub.default.svc.cluster.local"], "\(more)")
            #expect(more.contains("10.210.0.3\tb.sub.default.svc.cluster.local\tb"), "\(more)")
            #expect(more.contains("nameserver 192.0.2.53") && !more.contains { $0.hasPrefix("nameserver 127.") }, "\(more)")
            #expect(more.last?.hasSuffix("ndots:4") == true, "\(more)")
            let long = String(repeating: "a", count: 50)
            let refused = try place.write(
                "c", "hostname: \(long)\nsubdomain: sub\nsetHostnameAsFQDN: true\ncontainers: [{name: c, image: 'busybox:1'}]")
            expectEnd(try place.call("run", refused), 2, "", says: "is longer than 64 bytes")
        }
        #expect(try network.leftovers() == [])
    }

    @Test("a resolver on the host's loopback is replaced by the file behind it, in pods with a network of their own")
    func stub() throws {
        let network = try TestNetwork()
        try withPods("stub", in: network) { place in
            let spec = "restartPolicy: Never\ncontainers: [{name: c, image: 'busybox:1', command: [cat, /etc/resolv.conf]}]"
            for pod in ["bridged", "beside"] { try place.write(pod, spec) }
            // A machine with systemd-resolved, for this shell alone; the pods are gone before it is.
            let outcome = try place.script(
                """
                exec unshare -m --propagation private sh -ec '
                stub=$(readlink -m /etc/resolv.conf)
                mount -t tmpfs tmpfs /run
                mkdir -p /run/systemd/resolve ${stub%/*}
                echo "nameserver 127.0.0.53" > $W/stub
                [ -e $stub ] || touch $stub
                mount --bind $W/stub $stub
                echo "nameserver 192.0.2.53" > /run/systemd/resolve/resolv.conf
                for pod in bridged:bridge beside:host; do
                    $H run -q --network ${pod#*:} $O $W/${pod%:*}.yaml >/dev/null
                    $H wait $O ${pod%:*} >/dev/null
                    $H logs $O ${pod%:*}
                    $H rm -f $O ${pod%:*} >/dev/null
                done'
                """)
            expectEnd(outcome, 0, "nameserver 192.0.2.53\nnameserver 127.0.0.53\n")
        }
        #expect(try network.leftovers() == [])
    }

    @Test("a port of the host in a network that has none, or in the host's with another number, is refused with its place")
    func refusals() throws {
        let network = try TestNetwork()
        try withPods("no-ports", in: network) { place in
            let file = try place.write("web", server("{containerPort: 80, hostPort: 8080}"))
            let outcome = try place.call("run", file)
            expectEnd(outcome, 2, "", says: "web.yaml:10:43: spec.containers[0].ports[0].hostPort: the network 'none'")
            #expect(outcome.errors.contains("hint: '--network bridge' has them"), "\(outcome.errors)")
            expectEnd(
                try place.call("run", "--network", "host", file), 2, "", says: "the port of the host is the container's, 80")
            let loopback = try place.write("web", server("{containerPort: 80, hostPort: 8080, hostIP: '::1'}"))
            expectEnd(try place.call("run", "--network", "bridge", loopback), 2, "", says: "cannot be reached at ::1")
            let same = try place.write("same", server("{containerPort: 80, hostPort: 80}"))
            try place.call("run", "--network", "host", same).check("host")
            try network.call("ip", "address", "add", "192.0.2.7/24", "dev", "lo").check("address")
            #expect(try place.document("same")["status", "podIP"]?.string == "192.0.2.7")
            #expect(try place.call("ps", "-o", "wide").output.contains("192.0.2.7"))
        }
        #expect(try network.leftovers() == [])
    }
}
