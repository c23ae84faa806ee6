import CommandSupport
import Digests
import ImageLayers
import ImageSpec
import ImageStore
import ImageVerbs
import JournalVerbs
import LinuxTypes
import OCISpec
import Testing

/// The words of `hull image`.
@Suite struct GrammarTests {
    private func command(_ words: [String]) throws(UsageError) -> ImageCommand {
        var store = StoreOptions()
        return try ImageCommand(ArgumentReader(words, program: "hull"), &store)
    }

    private func complaint(_ line: String) -> String {
        do throws(UsageError) {
            _ = try command(line.split(separator: " ").map(String.init))
            return "(none)"
        } catch {
            switch error {
            case .wrong(let message, _): return message
            case .helpRequested(let verb): return "help for \(verb ?? "hull image")"
            }
        }
    }

    @Test func load() throws {
        guard case .load(let arguments) = try command(["load", "-q", "--name", "nginx", "--platform", "arm64", "-"]) else {
            Issue.record("no load")
            return
        }
        #expect(arguments.path == nil)
        #expect(arguments.name?.description == "docker.io/library/nginx:latest")
        #expect(arguments.platform == Platform(architecture: "arm64"))
        #expect(arguments.isQuiet)
        guard case .load(let other) = try command(["--root", "/r", "load", "-i", "x.tar", "--wait=5"]) else { return }
        #expect(other.path == HostPath("x.tar"))
        #expect(other.patience == 5)
    }

    @Test("every limit of a layer has the option that its error names, and the help says so", arguments: ["load", "import"])
    func layerLimits(_ verb: String) throws {
        var words = [verb, "-", "n:1"].prefix(verb == "load" ? 2 : 3)
        var expected = LayerLimits()
        for (index, name) in LayerLimits.Name.allCases.enumerated() {
            #expect(ImageHelp.text(for: verb).contains("\(name.option) "))
            words.append("\(name.option)=\(1 << (10 + index))")
            expected[name] = 1 << (10 + UInt64(index))
        }
        switch try command(Array(words)) {
        case .load(let arguments): #expect(arguments.limits == expected)
        case .importing(let arguments): #expect(arguments.limits == expected)
        default: Issue.record("neither load nor import")
        }
        guard case .load(let other) = try command(["load", "--max-bytes", "2G", "--max-header=4M", "-"]) else { return }
        #expect(other.limits.totalBytes == 2 << 30)
        #expect(other.limits.headerBytes == 4 << 20)
    }

    @Test("a root of a bundle: an overlay, read-only, with maps of which one serves for both")
    func bundleRoots() throws {
        let line = "bundle --overlay --read-only --size-limit 2G --uidmap 0:100000:1000 --uidmap 1000:5:1 a d"
        guard case .bundle(let arguments) = try command(line.split(separator: " ").map(String.init)) else {
            Issue.record("no bundle")
            return
        }
        let maps = [
            IDMapping(containerID: 0, hostID: 100_000, size: 1000), IDMapping(containerID: 1000, hostID: 5, size: 1),
        ]
        #expect(arguments.isOverlay)
        let idMaps = IDMaps(uids: maps, gids: maps)
        #expect(arguments.root == RootRequest(isReadOnly: true, idMaps: idMaps, sizeLimit: 2 << 30))
        guard case .bundle(let plain) = try command(["bundle", "a", "d"]) else { return }
        #expect(!plain.isOverlay && plain.root == RootRequest())
    }

    @Test func imports() throws {
        let words = [
            "import", "--entrypoint", "[\"/a\",\"b c\"]", "--cmd", "x", "--cmd", "y", "-e", "A=b=c", "-l", "k=v", "-u", "1:2",
            "d", "n:1",
        ]
        guard case .importing(let arguments) = try command(words) else {
            Issue.record("no import")
            return
        }
        #expect(arguments.execution.entrypoint == ["/a", "b c"])
        #expect(arguments.execution.cmd == ["x", "y"])
        #expect(arguments.execution.env == ["A=b=c"])
        #expect(arguments.execution.labels == ["k": "v"])
        #expect(arguments.execution.user == "1:2")
        #expect(arguments.name.description == "docker.io/library/n:1")
    }

    @Test func trust() throws {
        guard case .sign(let sign) = try command(["sign", "-k", "own.key", "a:1", "b"]) else {
            Issue.record("no sign")
            return
        }
        #expect(sign.key == HostPath("own.key"))
        #expect(sign.names == ["a:1", "b"])
        guard case .verify(let verify) = try command(["verify", "-k", "a", "--key=b", "--at-least", "2", "-o", "json", "x"])
        else {
            Issue.record("no verify")
            return
        }
        #expect(verify.keys == [HostPath("a"), HostPath("b")])
        #expect(verify.atLeast == 2)
        #expect(verify.format == .json)
        guard case .bundle(let bundle) = try command(["bundle", "--trust-policy", "p.json", "-t", "x", "d"]) else { return }
        #expect(bundle.policy == HostPath("p.json"))
        #expect(bundle.hasTerminal)
        guard case .mount(let mount) = try command(["mount", "--trust-policy", "p.json", "x"]) else { return }
        #expect(mount.policy == HostPath("p.json"))
    }

    @Test(arguments: [
        ("", "there is no verb"), ("lod", "unknown verb 'lod'; did you mean 'load'?"),
        ("load", "there is no file or directory; '-' reads stdin"), ("load a b", "'b' is one argument too many"),
        ("load -i a b", "'b' is one argument too many"),
        ("load --platform a/b/c/d x", "--platform is os/architecture[/variant], as linux/arm64/v8, not 'a/b/c/d'"),
        ("load --name A x", "'A' is no name of an image: the path of an image's name is in lower case"),
        ("load --max-bytes 5000000T -", "--max-bytes is from 1 to 4611686018427387904, not '5000000T'"),
        ("load --max-entries 1K -", "--max-entries is a number from 0 to 18446744073709551615, not '1K'"),
        ("load --max-depth 0 -", "--max-depth is from 1 to 18446744073709551615, not '0'"),
        ("import --max-window 48M - n", "--max-window is a power of two, as 64M, not '48M'"),
        ("import d", "there is no name for the image"), ("import -e A d n", "--env is NAME=VALUE, not 'A'"),
        ("import -w tmp d n", "--workdir is an absolute path, not 'tmp'"),
        ("import -u +1 d n", "--user: '+1' is no user or group"),
        ("import --stop-signal NOPE d n", "--stop-signal is no signal: 'NOPE'"),
        ("import --cmd [1] d n", "--cmd is a word or a JSON array of strings: /0: expected a string, found 1 (line 1, column 2)"),
        ("save", "there is no name of an image"), ("save --format oci-dir a", "--format oci-dir needs --output DIR"),
        ("save --format zip a", "--format is one of oci-dir, oci-archive, docker-archive, not 'zip'"),
        ("tag a", "there is no new name"),
        (
            "tag a b@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "'b@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef' has a digest: a name to give has none"
        ),
        ("ls -o xml", "--output is one of table, json, not 'xml'"), ("bundle a", "there is no directory"),
        ("rm", "there is no name of an image"), ("prune x", "'x' is one argument too many"), ("help rmi", "help for rm"),
        ("unbundle", "there is no directory"), ("unbundle a b", "'b' is one argument too many"),
        ("bundle --size-limit 4M a b", "--size-limit needs --overlay: a copy is the caller's own"),
        (
            "bundle --overlay --size-limit 63K a b",
            "--size-limit is at least 64K, and at most 4611686018427387904, not '63K'"
        ),
        ("bundle --uidmap 0:1 a b", "--uidmap is CONTAINER:HOST:SIZE, as 0:100000:65536, not '0:1'"),
        ("bundle --uidmap 0:1:0 a b", "--uidmap '0:1:0' has no ids, or reaches beyond 4294967294"),
        ("bundle --gidmap 0:4294967295:1 a b", "--gidmap '0:4294967295:1' has no ids, or reaches beyond 4294967294"),
        ("bundle --gidmap 0:-1:1 a b", "--gidmap is a number from 0 to 4294967295, not '-1'"),
        ("tree", "there is no name of an image"), ("tree -o xml a", "--output is one of table, json, not 'xml'"),
        ("mount --help", "help for mount"), ("sign a", "there is no --key KEY to sign with"),
        ("sign -k k", "there is no name of an image"), ("verify", "there is no name of an image"),
        ("verify -k a --trust-policy b x", "--key and --trust-policy exclude each other"),
        ("verify --at-least 1 x", "--at-least is from 1 to the number of keys that --key gives, not '1'"),
        ("verify -k a --at-least 0 x", "--at-least is from 1 to the number of keys that --key gives, not '0'"),
        ("save --format docker-archive --signatures a", "--format docker-archive has no place for --signatures"),
        ("unmount --trust-policy p x", "unknown option '--trust-policy' of 'unmount'"),
    ])
    func complaints(_ line: String, _ message: String) { #expect(complaint(line) == message) }
}

/// Numbers and lines for people.
@Suite struct TextTests {
    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1000, "1.00 kB"), (1049, "1.04 kB"), (12_345, "12.3 kB"), (999_999, "999 kB"),
        (4_270_000, "4.27 MB"),
        (1_000_000_000, "1.00 GB"), (UInt64.max, "18.4 EB"),
    ])
    func byteCounts(_ bytes: UInt64, _ text: String) { #expect(ByteCount.text(bytes) == text) }

    @Test func progress() {
        let step = LoadStep.blob(.of([1]), size: 1000)
        for columns in [20, 40, 79, 200] {
            for done in [Int64(0), 1, 500, 1000, 5000] {
                #expect(ProgressLine.text(step, done: done, microseconds: 1_000_000, columns: columns).count <= columns)
            }
        }
        #expect(ProgressLine.text(step, done: 500, microseconds: 1_000_000, columns: 79).contains("500 B of 1.00 kB  500 B/s"))
        #expect(ProgressLine.plain(.sync) == "writing to the disk")
    }
}
