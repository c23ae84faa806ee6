public import CommandSupport
public import PodSandbox
import StrictTree

/// Networks and what is found about them, as text.
public enum NetworkText {
    /// A line for each, with a header.
    public static func table(_ networks: [PodNetworkState], in style: TextStyle = .plain) -> String {
        var table = Table(["NAME", "STATE", "PODS", "SUBNETS"])
        for network in networks {
            let subnets = network.subnets.joined(separator: ",")
            table.add([network.name, network.state, "\(network.members.count)", subnets.isEmpty ? "-" : subnets])
        }
        return table.text(in: style)
    }

    /// A name on each line.
    public static func names(_ networks: [PodNetworkState]) -> String { networks.map { $0.name + "\n" }.joined() }

    /// An array with an object for each.
    public static func json(_ networks: [PodNetworkState]) -> [UInt8] {
        var json = JSONWriter(.spaces(4))
        json.array { json in
            for network in networks { json.object { write(network, &$0) } }
        }
        return json.bytes
    }

    private static func write(_ network: PodNetworkState, _ json: inout JSONWriter) {
        json.member("name", network.name)
        json.member("kind", network.kind)
        json.member("state", network.state)
        json.member("bridge", network.bridge)
        if !network.subnets.isEmpty { json.member("subnets", network.subnets) }
        if !network.gateways.isEmpty { json.member("gateways", network.gateways) }
        json.member("mtu", network.mtu)
        json.member("hasHostPorts", network.hasPorts)
        json.member("file", network.file)
        if !network.plugins.isEmpty { json.member("plugins", network.plugins) }
        json.array("pods") { json in
            for member in network.members { json.object { write(member, &$0) } }
        }
    }

    private static func write(_ member: PodNetworkState.Member, _ json: inout JSONWriter) {
        if !member.name.isEmpty { json.member("name", member.name) }
        json.member("uid", member.uid)
        json.member("state", member.state)
        json.member("addresses", member.addresses)
        json.member("interface", member.port)
        if !member.hostPorts.isEmpty { json.member("hostPorts", member.hostPorts) }
    }

    /// A line for each.
    public static func lines(_ findings: [PodNetworkFinding]) -> String {
        findings.map { PlainText.line($0.text) + "\n" }.joined()
    }

    /// An array with an object for each.
    public static func json(_ findings: [PodNetworkFinding]) -> [UInt8] {
        var json = JSONWriter(.spaces(4))
        json.array { json in
            for finding in findings {
                json.object { json in
                    json.member("text", finding.text)
                    json.member("canBeFixed", finding.isMendable)
                }
            }
        }
        return json.bytes
    }
}
