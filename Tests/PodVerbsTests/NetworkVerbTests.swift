import CommandSupport
import JournalVerbs
import LinuxTypes
import PodSandbox
import PodVerbs
import Testing

/// The words of `hull network`, and how networks are printed.
@Suite struct NetworkVerbTests {
    private func command(_ line: String) throws(UsageError) -> NetworkCommand {
        var store = StoreOptions()
        return try NetworkCommand(ArgumentReader(line.split(separator: " ").map(String.init), program: "hull"), &store)
    }

    private func complaint(_ line: String) -> String {
        PodVerbsTests.complaint("hull network") { () throws(UsageError) in try command(line) }
    }

    @Test(arguments: [
        ("", "there is no verb"), ("lst", "unknown verb 'lst'; did you mean 'ls'?"), ("ls a", "'a' is one argument too many"),
        ("ls -o yaml", "--output is json or name, not 'yaml'"), ("inspect -o name", "--output is json or yaml, not 'name'"),
        ("check -o name", "--output is json, not 'name'"),
        ("check --fxi", "unknown option '--fxi' of 'check'; did you mean '--fix'?"),
        ("help check", "help for check"), ("--help", "help for hull network"), ("ls --help", "help for ls"),
    ])
    func `mistakes are named`(_ line: String, _ message: String) { #expect(complaint(line) == message) }

    @Test func `words are read`() throws {
        guard case .inspect(let inspect) = try command("inspect -o json bridge cni:a --config /c") else { throw Wrong() }
        #expect(inspect.names == ["bridge", "cni:a"] && inspect.output == .json && inspect.configuration == HostPath("/c"))
        guard case .check(let check) = try command("check --fix") else { throw Wrong() }
        #expect(check.fixes && check.output == .table && check.configuration == nil)
        guard case .list(let list) = try command("list -o name") else { throw Wrong() }
        #expect(list.output == .name)
        for verb in ["ls", "inspect", "check"] { #expect(NetworkHelp.text(for: verb).contains("Usage: hull network \(verb)")) }
    }

    private struct Wrong: Error {}

    private var networks: [PodNetworkState] {
        var bridge = PodNetworkState(name: "bridge", kind: "bridge", state: "up")
        bridge.subnets = ["10.210.0.0/16", "fd68:756c:6c00::/64"]
        bridge.members = [
            PodNetworkState.Member(
                uid: "u", name: "default/web", state: "ready", addresses: ["10.210.0.2"], port: "hull0p2",
                hostPorts: ["tcp 80 to 8080"])
        ]
        return [bridge, PodNetworkState(name: "cni:a", kind: "cni", state: "configured")]
    }

    @Test func `networks are lines, names and objects`() {
        let lines = NetworkText.table(networks).split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(
            lines == [
                ["NAME", "STATE", "PODS", "SUBNETS"], ["bridge", "up", "1", "10.210.0.0/16,fd68:756c:6c00::/64"],
                ["cni:a", "configured", "0", "-"],
            ])
        #expect(NetworkText.names(networks) == "bridge\ncni:a\n")
        let json = String(decoding: NetworkText.json(networks), as: UTF8.self)
        #expect(
            json.contains("\"hostPorts\": [") && json.contains("\"tcp 80 to 8080\"")
                && json.contains("\"interface\": \"hull0p2\""))
    }

    @Test func `findings are lines without control characters`() {
        let findings = [PodNetworkFinding(text: "a\nb", isMendable: true)]
        #expect(NetworkText.lines(findings) == "a\\nb\n")
        #expect(String(decoding: NetworkText.json(findings), as: UTF8.self).contains("\"canBeFixed\": true"))
        #expect(NetworkText.lines([]) == "")
    }
}
