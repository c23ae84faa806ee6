import CommandSupport
import ContainerRuntime
import LinuxTypes
import Testing

@Suite struct CommandTests {
    @Test(arguments: ["create", "run -d", "start", "state", "kill", "delete -f"]) func anIDIsNeeded(_ line: String) {
        #expect(complaint(line) == "there is no container ID")
    }

    @Test(arguments: [
        "start a b", "state a b", "kill a TERM c", "delete a b", "create a b", "run a b", "list a", "spec a", "features a",
    ])
    func oneWordTooManyIsRefused(_ line: String) {
        let last = line.split(separator: " ").last ?? ""
        #expect(complaint(line) == "'\(last)' is one argument too many")
    }

    @Test(arguments: [
        ("satte x", "unknown command 'satte'; did you mean 'state'?"),
        ("stat x", "unknown command 'stat'; did you mean 'state'?"),
        ("puase x", "unknown command 'puase'; did you mean 'pause'?"), ("frobnicate", "unknown command 'frobnicate'"),
        ("state --root /x a", "option '--root' stands before the command"),
        ("run --detach=maybe a", "option '--detach' is true or false, not 'maybe'"),
        ("create --detach a", "unknown option '--detach' of 'create'"),
        ("run --bundel=x a", "unknown option '--bundel' of 'run'; did you mean '--bundle'?"),
        ("list -f yaml", "--format is one of table, json, not 'yaml'"),
        ("create a --preserve-fds -1", "--preserve-fds is a number from 0 to 4294967295, not '-1'"),
        ("create --pid-file= a", "--pid-file is empty"),
    ])
    func mistakesAreNamed(_ line: String, _ message: String) { #expect(complaint(line) == message) }

    @Test(arguments: ["pause", "resume", "update", "events", "mounts", "checkpoint", "restore"]) func laterCommandsSaySo(
        _ name: String
    ) {
        #expect(complaint("\(name) x --any thing") == "'\(name)' is not supported yet")
    }

    @Test(arguments: [
        "run -d -b /b --pid-file p --preserve-fds 2 --no-pivot --keep --no-new-keyring --no-subreaper -f other.json id",
        "run id -d -b/b --pid-file=p --preserve-fds=2 --no-pivot --keep --no-new-keyring --no-subreaper --config other.json",
        "run -db=/b id --pid-file=p --preserve-fds=2 --no-pivot --keep=true --no-new-keyring --no-subreaper --config=other.json --",
    ])
    func optionsOfRunStandAnywhere(_ line: String) throws {
        guard case .run(let request, let options) = try read(line) else { throw Unexpected() }
        #expect(request.id == "id")
        #expect(request.bundle == HostPath("/b"))
        #expect(request.configurationFile == "other.json")
        #expect(request.pidFile == "p")
        #expect(request.options.preservedDescriptors == 2)
        #expect(request.options.noPivot && request.options.noNewKeyring)
        #expect(options.isDetached && options.keepsContainer && options.isNoSubreaper)
    }

    @Test func createTakesTheWorkingDirectoryForItsBundle() throws {
        guard case .create(let request) = try read("create --console-socket s --pidfd-socket p id") else { throw Unexpected() }
        #expect(request.bundle == HostPath("."))
        #expect(request.consoleSocket == "s")
        #expect(request.pidfdSocket == "p")
        #expect(request.options == CreateOptions())
    }

    @Test func behindTwoDashesNothingIsAnOption() throws {
        guard case .start(let id) = try read("start -- -d") else { throw Unexpected() }
        #expect(id == "-d")
    }

    @Test(arguments: [
        ("kill a", 15, false), ("kill a KILL", 9, false), ("kill a SIGKILL", 9, false), ("kill a 9", 9, false),
        ("kill a 0", 0, false),
        ("kill -a a RTMIN+3", 37, true), ("kill a --all sigusr1", 10, true), ("kill a SIGRTMAX -a", 64, true),
        ("kill --all a", 15, true),
    ])
    func signalsAndAll(_ line: String, _ number: Int32, _ all: Bool) throws {
        guard case .kill(let arguments) = try read(line) else { throw Unexpected() }
        #expect(arguments.containers == .one("a"))
        #expect(arguments.signal.rawValue == number)
        #expect(arguments.all == all)
    }

    @Test(arguments: [
        ("kill a FOO", "unknown signal 'FOO'"), ("kill a SIGTREM", "unknown signal 'SIGTREM'; did you mean 'SIGTERM'?"),
        ("kill a 65", "unknown signal '65'"),
        ("kill a +9", "unknown signal '+9'"), ("kill a SIG", "unknown signal 'SIG'"), ("kill a -9", "unknown option '-9'"),
        ("kill --regex a( 9", "'a(' is no regular expression: a '(' without ')'"),
    ])
    func wrongSignalsAreRefused(_ line: String, _ message: String) { #expect(complaint(line) == message) }

    @Test func deleteKnowsForceAndPatterns() throws {
        guard case .delete(let one) = try read("delete a -f") else { throw Unexpected() }
        #expect(one.force)
        #expect(one.containers == .one("a"))
        guard case .delete(let many) = try read("delete --regex ^a") else { throw Unexpected() }
        #expect(!many.force)
        #expect(many.containers == .matching(try Pattern("^a")))
    }

    @Test func listAndPsFormats() throws {
        guard case .list(let list) = try read("list -qf json") else { throw Unexpected() }
        #expect(list.isQuiet)
        #expect(list.format == .json)
        guard case .ps(let ps) = try read("ps --format=json a") else { throw Unexpected() }
        #expect(ps.format == .json)
        #expect(ps.psOptions == ["-ef"])
    }

    @Test func optionsBehindTheIDOfPsAreForPs() throws {
        guard case .ps(let ps) = try read("ps a -f json --help -- x") else { throw Unexpected() }
        #expect(ps.format == .table)
        #expect(ps.psOptions == ["-f", "json", "--help", "--", "x"])
    }

    @Test func specHasItsBundle() throws {
        guard case .spec(let spec) = try read("spec -b /x --rootless") else { throw Unexpected() }
        #expect(spec.bundle == HostPath("/x"))
        #expect(spec.isRootless)
    }

    @Test func onlyExecFailsWith255() {
        #expect(Command.failureCode(ofCommand: "exec") == 255)
        #expect(Command.failureCode(ofCommand: "run") == 1)
        #expect(Command.failureCode(ofCommand: nil) == 1)
    }

    @Test(arguments: ["create", "start", "run", "exec", "kill", "delete", "state", "list", "ps", "spec", "features"])
    func everyCommandHasHelpWithExamples(_ name: String) {
        let help = Help.text(for: name)
        #expect(help.hasPrefix("Usage: hull-runtime [GLOBAL OPTIONS] \(name)"))
        #expect(help.contains("Examples:\n  # "))
        #expect(Help.text(for: nil).contains("\n  \(name) "))
    }
}
