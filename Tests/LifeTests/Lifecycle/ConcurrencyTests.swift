import Foundation
import Testing

/// Verbs against each other on one container.
@Suite("concurrency", .serialized, Requirement.root, Requirement.rootfs, Requirement.subject, .leakCheck)
struct ConcurrencyTests {
    static let verbs = ["create", "start", "state", "kill", "delete", "delete -f", "exec", "list", "ps"]
    static let pairs = {
        let all = verbs.enumerated().flatMap { index, first in verbs[index...].map { (first, $0) } }
        // A slow kernel takes a part, with every verb in it.
        return Machine.isSlow ? all.enumerated().filter { $0.offset % 4 == 0 }.map(\.element) : all
    }()

    @Test("every pair of verbs ends, and leaves a container that can be seen and deleted", arguments: pairs)
    func pair(first: String, second: String) throws {
        let container = try Container("pair")
        defer { container.end() }
        for initial in ["", "created", "running"] {
            if initial == "created" { try container.call("create", "ID").check("create") }
            if initial == "running" { try container.call("run", "-d", "ID").check("run -d") }
            let programs = try [first, second].map { try begin($0, container) }
            let outcomes = programs.map { $0.wait() }
            let about = "\(first) and \(second) on '\(initial)'"
            for (verb, outcome) in zip([first, second], outcomes) {
                #expect(!outcome.timedOut, "\(about) hangs")
                #expect(
                    outcome.code < 128 || outcome.code == 137 || outcome.code == 255,
                    "\(about): \(outcome.code) \(outcome.errors)")
                // What exec runs may be killed with its container: that is its own end, and no failure of exec's.
                let isKilled = verb == "exec" && outcome.code == 137
                #expect(outcome.succeeded || isKilled || !outcome.errors.isEmpty, "\(about): \(verb) fails without a word")
            }
            if first == "create", second == "create", initial.isEmpty {
                #expect(outcomes.filter(\.succeeded).count == 1, "\(about): \(outcomes.map(\.errors))")
            }
            let list = try container.call("list", "--format", "json")
            #expect(list.succeeded && (try? JSONValue(parsing: list.output)) != nil, "\(about): \(list.errors)")
            try container.call("delete", "-f", "ID").check("\(about), then delete -f")
            #expect(Leaks.of(container.bundle, runtime: container.runtime) == [], "\(about)")
        }
    }

    private func begin(_ verb: String, _ container: Container) throws -> RunningProgram {
        switch verb {
        case "delete -f": try container.starting("delete", "-f", "ID")
        case "kill": try container.starting("kill", "ID", "KILL")
        case "exec": try container.starting("exec", "ID", "true")
        case "list": try container.starting("list")
        default: try container.starting(verb, "ID")
        }
    }

    @Test("while a hook runs, looking does not wait")
    func lookingDuringHook() throws {
        try withContainer(
            "during-hook",
            change: { $0.hook("createRuntime", script: "touch $WORK/in-hook; while [ -e $WORK/in-hook ]; do sleep 0.02; done") },
            body: { container in
                let creating = try container.starting("create", "ID")
                let flag = container.bundle.work + "/in-hook"
                #expect(eventually { Machine.exists(flag) })
                // The hook ends after they do: who waited for it would be killed.
                let state = try container.call("state", "ID")
                #expect(!state.timedOut, "state waited for the hook")
                let list = try container.call("list", "-q")
                #expect(list.succeeded && !list.timedOut, "list waited for the hook: \(list.errors)")
                if !container.runtime.isPeer {
                    try #expect(JSONValue(parsing: state.output)["status"]?.string == "creating", "\(state.errors)")
                }
                unlink(flag)
                try creating.wait().check("create")
                #expect(container.status == "created")
            })
    }

    @Test("eight creators of one id: one wins, the rest say that it exists")
    func oneWins() throws {
        try withContainer("one-wins") { container in
            for _ in 0..<5 {
                let programs = try (0..<8).map { _ in try container.starting("create", "ID") }
                let outcomes = programs.map { $0.wait() }
                #expect(outcomes.filter(\.succeeded).count == 1)
                for outcome in outcomes where !outcome.succeeded {
                    #expect(outcome.errors.contains("already exists"), "\(outcome.errors)")
                }
                #expect(container.status == "created")
                try container.call("delete", "-f", "ID").check("delete -f")
            }
        }
    }

    @Test("a hundred containers at once")
    func hundred() throws {
        let first = try Container("hundred")
        var configuration = baseConfiguration
        configuration["root", "path"] = .string(first.bundle.path + "/rootfs")
        configuration["process", "args"] = ["sh", "-c", "exit 5"]
        try first.bundle.write(configuration)
        // One bundle for all: their own cgroups, below none that a caller named.
        configuration["linux", "cgroupsPath"] = nil
        try first.bundle.write(configuration)
        let programs = try (0..<100).map { try first.starting("run", "\(first.id)\($0)") }
        for program in programs {
            let outcome = program.wait(timeout: 120)
            #expect(outcome.code == 5, "\(outcome.errors)")
        }
        first.end()
    }
}
