import CommandSupport
import LinuxTypes
import Testing

@Suite struct GlobalOptionTests {
    @Test(arguments: ["--root /r --log-format json --debug list", "--root=/r --log-format=json --debug=true list"])
    func bothFormsOfAValueMeanTheSame(_ line: String) throws {
        let globals = try invocation(line).globals
        #expect(globals.root == HostPath("/r"))
        #expect(globals.logFormat == .json)
        #expect(globals.logLevel == .debug)
        #expect(globals.command == "list")
    }

    @Test func anEmptyAttachedValueIsNotTheNextWord() {
        #expect(complaint("--root= list") == "--root is empty")
    }

    @Test func theRootIsKnownToBeGiven() throws {
        #expect(try invocation("list").globals.root == nil)
        #expect(try invocation("--root /run/hull/oci list").globals.root != nil)
    }

    @Test(arguments: ["true", "false", "auto"]) func rootlessIsAccepted(_ value: String) throws {
        _ = try read("--rootless \(value) list")
        _ = try read("--rootless=\(value) list")
    }

    @Test(arguments: [
        ("--rootless maybe list", "--rootless is one of true, false, auto, not 'maybe'"),
        ("--cgroup-manager systemd list", "--cgroup-manager systemd is not supported yet"),
        ("--cgroup-manager=disabled list", "--cgroup-manager disabled is not supported yet"),
        ("--cgroup-manager cgrupfs list", "unknown cgroup manager 'cgrupfs'; did you mean 'cgroupfs'?"),
        ("--systemd-cgroup list", "--systemd-cgroup is not supported yet"),
        ("--log-format yaml list", "--log-format is one of text, json, not 'yaml'"),
        ("--log-level lout list", "unknown log level 'lout'"),
        ("--log-level debgu list", "unknown log level 'debgu'; did you mean 'debug'?"),
        ("--debug=perhaps list", "option '--debug' is true or false, not 'perhaps'"),
        ("--rot /x list", "unknown option '--rot'; did you mean '--root'?"),
        ("--root", "option '--root' needs a value"),
        ("-x list", "unknown option '-x'"),
        ("", "there is no command"),
        ("--debug", "there is no command"),
    ])
    func whatMeansNothingIsRefused(_ line: String, _ message: String) { #expect(complaint(line) == message) }

    @Test func whatIsOffIsNotRefused() throws { _ = try read("--systemd-cgroup=false --cgroup-manager cgroupfs list") }

    @Test(arguments: ["--version", "-v", "--debug -v list", "-v nonsense"]) func theVersionNeedsNoCommand(_ line: String) throws {
        guard case .version = try read(line) else { throw Unexpected() }
    }

    @Test(arguments: [
        ("--help", "help: program"), ("-h", "help: program"), ("help", "help: program"), ("help exec", "help: exec"),
        ("exec --help", "help: exec"), ("kill x -h", "help: kill"), ("help exce", "unknown command 'exce'; did you mean 'exec'?"),
    ])
    func helpIsFound(_ line: String, _ answer: String) { #expect(complaint(line) == answer) }

    @Test(arguments: [
        ("l", LogDestination.file(HostPath("l")!)), ("/a:b", .file(HostPath("/a:b")!)), ("./a:b", .file(HostPath("./a:b")!)),
        ("file:a:b", .file(HostPath("a:b")!)), ("file:/a", .file(HostPath("/a")!)), ("syslog:name", .syslog("name")),
        ("syslog:", .syslog("hull-runtime")), ("journald:n", .journald("n")),
    ])
    func logDestinationsAreRead(_ text: String, _ expected: LogDestination) throws {
        #expect(try LogDestination(parsing: text) == expected)
    }

    @Test(arguments: [
        ("--log= list", "--log is empty"), ("--log file: list", "--log is empty"),
        ("--log foo:bar list", "unknown kind of log 'foo'"),
        ("--log journal:x list", "unknown kind of log 'journal'; did you mean 'journald'?"),
    ])
    func wrongLogDestinationsAreRefused(_ line: String, _ message: String) { #expect(complaint(line) == message) }

    @Test func whatWasReadBeforeAMistakeIsKeptForTheLog() {
        var globals = GlobalOptions.none
        #expect(throws: UsageError.self) {
            _ = try Invocation(["--log", "/l", "--log-format", "json", "exec", "--bogus"], globals: &globals)
        }
        #expect(globals.log == .file(HostPath("/l")!))
        #expect(globals.logFormat == .json)
        #expect(globals.command == "exec")
    }
}

/// A command that another was expected to be.
struct Unexpected: Error {}
