import Foundation
import Journal
import LinuxKernel
import LinuxTypes
import Netlink
import PodNetwork

/// What a program prints, run beside us in our network and mount namespaces.
private func output(of command: String) throws -> String {
    let shell = Subprocess(
        path: "/bin/sh", arguments: ["sh", "-c", "\(command) >/mnt/out 2>&1"],
        environment: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], timeoutMilliseconds: 20_000)
    let outcome = try shell.run()
    let text = try readText("/mnt/out")
    try expect(outcome.status == .exited(code: 0), "\(command): \(text)")
    return text
}

/// The rules and sets of `nft -j list ruleset`, as pairs of a kind and its members.
private func nftables() throws -> [(kind: String, object: [String: Any])] {
    do { _ = try output(of: "command -v nft") } catch { throw Missing(what: "nft is not installed") }
    let json = try JSONSerialization.jsonObject(with: Data(output(of: "nft -j list ruleset").utf8))
    guard let list = (json as? [String: Any])?["nftables"] as? [[String: Any]] else { throw Broken(description: "no ruleset") }
    return list.compactMap { item in
        guard let kind = item.keys.first, let object = item[kind] as? [String: Any] else { return nil }
        return (kind, object)
    }
}

let networkRuleFacts = [
    Fact("network-tables-are-as-nft-reads-them") {
        let scene = try NetworkScene(needsGuard: true)
        let network = try scene.network()
        let pod = try scene.namespace()
        let translates = scene.configuration.translatesAddresses
        let ports =
            translates
            ? [
                try HostPort(.tcp, port: 8080, podPort: 80),
                try HostPort(.udp, address: ip("127.0.0.1"), port: 53, podPort: 5353),
            ] : []
        _ = try network.setUp(try sandbox("one"), name: "one", namespace: pod, ports: ports)
        let all = try nftables()
        let tables = all.filter { $0.kind == "table" }.map { "\($0.object["family"] ?? "") \($0.object["name"] ?? "")" }
        try expectEqual(tables.sorted(), ["bridge hull0", "inet hull0"])
        let chains = all.filter { $0.kind == "chain" }.map {
            "\($0.object["family"] ?? "") \($0.object["name"] ?? "") \($0.object["hook"] ?? "-") \($0.object["prio"] ?? "-") \($0.object["policy"] ?? "-")"
        }
        var expected = [
            "bridge own_advertisements - - -", "bridge own_arp - - -", "bridge prerouting prerouting -200 accept",
            "inet forward forward 0 accept",
        ]
        if translates {
            expected += [
                "inet early prerouting -300 accept", "inet host_ports - - -", "inet output output -100 accept",
                "inet postrouting postrouting 100 accept",
                "inet prerouting prerouting -100 accept",
            ]
        }
        try expectEqual(chains.sorted(), expected.sorted())
        // Elements: key, value and whose they are, as a person sees them.
        let text = try output(of: "nft list ruleset")
        var elements = [
            "\"hull0p2\" . 02:68:0a:d2:00:02 . 10.210.0.2 comment \"one\"",
            "\"hull0p2\" . 02:68:0a:d2:00:02 . fd68:756c:6c00::2 comment \"one\"",
            "\"hull0p2\" . 02:68:0a:d2:00:02 . fe80::68:aff:fed2:2 comment \"one\"",
        ]
        if translates {
            elements += [
                "tcp . 8080 comment \"one\" : 10.210.0.2 . 80", "tcp . 8080 comment \"one\" : fd68:756c:6c00::2 . 80",
                "127.0.0.1 . udp . 53 comment \"one\" : 10.210.0.2 . 5353",
            ]
        }
        for element in elements { try expect(text.contains(element), "no '\(element)' in:\n\(text)") }
        var rules = translates ? ["ip saddr 127.0.0.0/8 drop", "ip daddr 127.0.0.0/8 drop"] : []
        rules += [
            "iifname != \"hull0\" oifname != \"hull0\" drop", "iifname != \"hull0p*\" accept", "@equal_bits accept",
            "comment \"hull \(scene.journal.identity) /mnt\"",
        ]
        for rule in rules { try expect(text.contains(rule), "no '\(rule)' in:\n\(text)") }
        // Elements go with their pod, and the tables with the last.
        let other = try scene.namespace()
        _ = try network.setUp(try sandbox("two"), name: "two", namespace: other)
        try network.tearDown(try sandbox("one"))
        let left = try output(of: "nft list ruleset")
        try expect(!left.contains("\"one\"") && left.contains("comment \"two\""), left)
    }
]
