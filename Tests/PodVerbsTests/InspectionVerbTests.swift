import CommandSupport
import JournalVerbs
import LinuxTypes
import PodSandbox
import PodVerbs
import Testing

/// The words of the verbs that look at pods, and change little about them.
@Suite struct InspectionVerbTests {
    @Test(arguments: [
        ("plan", "there is no manifest; '-' reads stdin"),
        ("plan -o name a", "--output is json, yaml or jsonpath=TEMPLATE, not 'name'"),
        ("label p", "there is no label; KEY=VALUE sets one, KEY- takes one away"),
        ("label p a=1 a-", "the label 'a' stands there twice"),
        ("label p a", "'a' is neither KEY=VALUE, which sets a label, nor KEY-, which takes one away"),
        ("stats --interval 0", "--interval is 1 to 3600 seconds, not '0'"), ("tree", "there is no pod"),
        ("tree a b", "'b' is one argument too many"),
        ("port-forward p", "there is no port"),
        ("port-forward p 0", "'0' is no port: [LOCAL:]REMOTE, each 1 to 65535, or REMOTE the name of one"),
        ("volume ls -o wide", "--output is json, yaml, name or jsonpath=TEMPLATE, not 'wide'"),
        ("port-forward p 53/udp", "'53/udp': connections of TCP are forwarded, nothing else"),
        ("port-forward p 1:2:3", "'1:2:3' is no port: [LOCAL:]REMOTE, each 1 to 65535, or REMOTE the name of one"),
        ("cp a b", "neither of the two is in a pod: POD:PATH"),
        ("cp a:/x b:/y", "one of the two is on this machine: a name with ':' is written ./NAME there"),
        ("cp a:c:/x -c d .", "'a:c:/x' names a container, and so does --container"), ("audit x", "'x' is one argument too many"),
    ])
    func `mistakes are named`(_ line: String, _ message: String) { #expect(complaint(aboutPod: line) == message) }

    @Test func `cp tells pods, containers and paths apart`() throws {
        func copy(_ line: String) throws -> CopyArguments {
            guard case .copy(let arguments) = try podCommand(line) else { throw Wrong() }
            return arguments
        }
        let out = try copy("cp ns/web:/a:b x")
        #expect(out.remote == .init(pod: "ns/web", container: nil, path: ContainerPath(literal: "/a:b")) && !out.isIntoContainer)
        let container = try copy("cp ./a:b web:db:/tmp/")
        #expect(container.remote == .init(pod: "web", container: "db", path: ContainerPath(literal: "/tmp/")))
        #expect(container.isIntoContainer && container.local == HostPath("./a:b"))
        #expect(try copy("cp /x:y web:tmp -c db").remote.container == "db")
    }

    @Test func `labels and ports are read`() throws {
        guard case .label(let label) = try podCommand("label p a/b=c x- --overwrite e=") else { throw Wrong() }
        #expect(
            label.overwrites && label.changes.map(\.key) == ["a/b", "x", "e"] && label.changes.map(\.value) == ["c", nil, ""])
        guard case .forward(let forward) = try podCommand("port-forward p 80/tcp 8080:80 :443 http 1:db") else { throw Wrong() }
        #expect(forward.ports.map(\.local) == [nil, 8080, 0, nil, 1])
        #expect(forward.ports.map(\.remote) == [.number(80), .number(80), .number(443), .name("http"), .name("db")])
        guard case .stats(let stats) = try podCommand("top -c --no-stream web") else { throw Wrong() }
        #expect(stats.showsContainers && stats.isOnce && stats.pods == ["web"])
    }

    @Test func `every verb has a page of the words of its help`() {
        for verb in PodCommand.verbs.names {
            guard let manual = PodCommand.manual(for: verb) else {
                Issue.record("no manual of \(verb)")
                continue
            }
            let page = manual.page(named: "hull-" + verb)
            #expect(page.hasPrefix(".TH \"HULL-\(verb.uppercased())\" 1"))
            for option in manual.words {
                #expect(page.contains(option.option.replacing("-", with: "\\-")), "\(verb) \(option.option)")
            }
            // No line but our own is a command of the formatter.
            let commands = page.split(separator: "\n").filter { $0.hasPrefix(".") }.map { $0.prefix { $0 != " " } }
            #expect(Set(commands).isSubset(of: [".TH", ".SH", ".TP", ".B", ".BR"]), "\(verb)")
        }
    }

    private struct Wrong: Error {}
}
