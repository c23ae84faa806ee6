import Foundation
import Testing

/// Kills at each write to the journal that a verb on one container makes: whoever asks again gets what was asked for, and nothing is left behind.
@Suite(
    "pods: containers one by one, killed at every record", .serialized, Requirement.root, Requirement.shell, Requirement.keeper,
    Requirement.rootfs, .leakCheck)
struct PodContainerBoundaryTests {
    enum Verb: String, CaseIterable, Sendable {
        case sandbox, create, start, stop, remove

        /// What has been done before.
        var before: [Verb] {
            switch self {
            case .sandbox: []
            case .create: [.sandbox]
            case .start: [.sandbox, .create]
            case .stop, .remove: [.sandbox, .create, .start]
            }
        }

        func words(_ place: PodPlace) -> [String] {
            switch self {
            case .sandbox: ["run", "-q", "--sandbox", place.work + "/p.yaml"]
            case .create: ["container", "create", "p", "c"]
            case .start: ["container", "start", "p", "c"]
            case .stop: ["container", "stop", "p", "c"]
            case .remove: ["container", "rm", "p", "c"]
            }
        }

        /// The pod's line of `ps`, and what `inspect` says of the container: a word of its state, or the reason for which it waits.
        var result: (line: [String], state: String) {
            switch self {
            case .sandbox: (["p", "0/1", "Ready"], "NotCreated")
            case .create: (["p", "0/1", "Created"], "Created")
            case .start: (["p", "1/1", "Running"], "running")
            case .stop: (["p", "0/1", "Ready"], "terminated")
            case .remove: (["p", "0/1", "Ready"], "NotCreated")
            }
        }
    }

    private func spec(_ place: PodPlace) -> String {
        """
        terminationGracePeriodSeconds: 0
        volumes:
        - {name: s, hostPath: {path: \(place.shared)}}
        - {name: probe, hostPath: {path: \(Machine.probe)}}
        containers:
        - name: c
          image: busybox:1
          command: [sh, -c, "grep -o 'messages/[^ ]*' /proc/self/mountinfo >> /s/runs; exec /probe lock=/s/lock out=/s/seen sleep"]
          volumeMounts: [{name: s, mountPath: /s}, {name: probe, mountPath: /probe}]
        """
    }

    @Test(
        "a verb that is killed", arguments: Verb.allCases,
        Machine.isSlow ? [PodCrash.Victim.all] : PodCrash.Victim.allCases)
    func killed(verb: Verb, victim: PodCrash.Victim) throws {
        try withPods("container-boundary-\(verb)-\(victim)") { place in
            let total = try prepare(verb, place).writes(verb.words(place))
            try place.call("rm", "-f", "p").check("rm")
            let pace = Machine.isSlow ? 3 : 1
            for number in stride(from: 0, through: total + 1, by: pace) {
                let crash = try prepare(verb, place)
                let (outcome, wasKilled) = try crash.run(verb.words(place), killing: victim, at: number)
                let moment = "\(verb), \(victim) killed at write \(number) of \(total)"
                #expect(!outcome.timedOut, "\(moment)")
                // Who waits does not notice that the keeper is another.
                if victim != .all {
                    let isUnseen = verb == .start && outcome.errors.contains("nobody saw")
                    #expect(outcome.succeeded || isUnseen, "\(moment), \(wasKilled): \(outcome.errors)")
                } else {
                    askAgain(verb, place, moment)
                }
                if verb == .start { replaceUnseen(place, moment) }
                expectResult(of: verb, place, moment)
                let isGone = try place.expectGone("p", moment)
                place.expectRunsOnce(moment)
                if !isGone { break }
            }
        }
    }

    private func prepare(_ verb: Verb, _ place: PodPlace) throws -> PodCrash {
        place.forgetRuns()
        let path = try place.write("p", spec(place))
        for step in verb.before {
            let outcome = try place.starting(words: step.words(place)).wait()
            try outcome.check("\(step)")
        }
        return PodCrash(place: place, uid: place.uid(inFile: path))
    }

    /// Whoever does not know how far it came asks again.
    private func askAgain(_ verb: Verb, _ place: PodPlace, _ moment: String) {
        guard let again = try? place.starting(words: verb.words(place)).wait() else {
            Issue.record("\(moment): it cannot be asked again")
            return
        }
        switch verb {
        case .create, .stop, .remove: #expect(again.succeeded, "\(moment), again: \(again.errors)")
        // The name is taken, where it came so far.
        case .sandbox: #expect(again.succeeded || again.errors.contains("there is a pod"), "\(moment), again: \(again.errors)")
        // What runs is no more to be started, and what has ended neither.
        case .start:
            let isAnswered = ["already", "nobody saw", "create another"].contains { again.errors.contains($0) }
            #expect(again.succeeded || isAnswered, "\(moment), again: \(again.errors)")
        }
        _ = try? place.call("recover")
    }

    /// An init that lost its worker before it had executed the program is an attempt of which nobody knows whether it ran: only who wants it makes another.
    private func replaceUnseen(_ place: PodPlace, _ moment: String) {
        var state: JSONValue = .null
        _ = eventually {
            state = (try? place.container(of: "p"))?["state"] ?? .null
            return state["running"] != nil || state["terminated"] != nil
        }
        // One that was taken for running ends by itself.
        usleep(100_000)
        state = (try? place.container(of: "p"))?["state"] ?? .null
        guard state["terminated"] != nil else { return }
        #expect(state["terminated", "reason"]?.string != "Completed", "\(moment): \(state.text)")
        for words in [Verb.create.words(place), Verb.start.words(place)] {
            let outcome = try? place.starting(words: words).wait()
            #expect(outcome?.succeeded == true, "\(moment), then \(words): \(outcome?.errors ?? "")")
        }
    }

    private func expectResult(of verb: Verb, _ place: PodPlace, _ moment: String) {
        var (line, state): ([String], String) = ([], "")
        let isSo = eventually {
            line = (try? place.line("p")) ?? []
            let found = (try? place.container(of: "p"))?["state"] ?? .null
            state =
                found["waiting", "reason"]?.string
                ?? (found["running"] != nil ? "running" : found["terminated"] != nil ? "terminated" : "")
            return Array(line.prefix(3)) == verb.result.line && state == verb.result.state
        }
        #expect(isSo, "\(moment): \(line), \(state)")
    }
}
