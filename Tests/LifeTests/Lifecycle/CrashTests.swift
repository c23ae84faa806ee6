import Foundation
import Testing

/// kill -9 of the runtime at any moment leaves a state from which the next command finds, names and mends every leftover.
@Suite("killed runtime", .serialized, Requirement.root, Requirement.rootfs, Requirement.subject, .leakCheck)
struct CrashTests {
    private static let rounds = Machine.isSlow ? 5 : 40

    @Test("what a killed command leaves is listed and removed", arguments: ["create", "run", "start", "kill", "delete"])
    func killed(verb: String) throws {
        let container = try Container("killed-" + verb) { $0["process", "args"] = verb == "run" ? ["true"] : ["sleep", "1000"] }
        let whole = try duration(of: verb, container)
        for round in 0..<Self.rounds {
            try prepare(verb, container)
            let running = try start(verb, container)
            // Past the usual end too: the last rounds hit what comes after the work is done.
            usleep(UInt32(whole * 1.2 * 1_000_000 * Double(round) / Double(Self.rounds)))
            running.kill()
            _ = running.wait()
            let moment = "\(verb) killed in round \(round)"

            let state = try container.call("state", "ID")
            #expect(state.succeeded || state.errors.contains("does not exist"), "\(moment): \(state.errors)")
            let list = try container.call("list", "--format", "json")
            #expect(list.succeeded, "\(moment): \(list.errors)")
            let listed = try JSONValue(parsing: list.output).array.contains { $0["id"]?.string == container.id }
            #expect(listed == state.succeeded, "\(moment): list and state disagree")
            let removal = try container.call("delete", "-f", "ID")
            #expect(removal.succeeded, "\(moment): \(removal.errors)")
            let left = Leaks.of(container.bundle, runtime: container.runtime)
            #expect(left == [], "\(moment), then delete -f")
            if !left.isEmpty { break }
        }
        container.end()
    }

    @Test("an id whose creator was killed can be taken over")
    func takeOver() throws {
        try withContainer("take-over") { container in
            for round in 0..<10 {
                let running = try container.starting("create", "ID")
                usleep(UInt32(round * 1500))
                running.kill()
                _ = running.wait()
                let again = try container.call("create", "ID")
                #expect(again.succeeded || again.errors.contains("already exists"), "round \(round): \(again.errors)")
                #expect(container.status == "created", "round \(round)")
                try container.call("delete", "-f", "ID").check("delete -f")
            }
        }
    }

    /// Puts the container into the state that the verb starts from.
    private func prepare(_ verb: String, _ container: Container) throws {
        if verb == "start" { try container.call("create", "ID").check("create") }
        if verb == "kill" || verb == "delete" { try container.call("run", "-d", "ID").check("run -d") }
    }

    private func start(_ verb: String, _ container: Container) throws -> RunningProgram {
        switch verb {
        case "kill": try container.starting("kill", "ID", "KILL")
        case "delete": try container.starting("delete", "-f", "ID")
        default: try container.starting(verb, "ID")
        }
    }

    private func duration(of verb: String, _ container: Container) throws -> Double {
        try prepare(verb, container)
        let begin = Date()
        try start(verb, container).wait().check(verb)
        let duration = Date().timeIntervalSince(begin)
        try container.call("delete", "-f", "ID").check("delete -f")
        return duration
    }
}
