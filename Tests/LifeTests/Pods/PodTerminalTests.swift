import Foundation
import Testing

/// What a person's terminal gets, and what a program gets of the same.
@Suite("pods: terminal", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs, .leakCheck)
struct PodTerminalTests {
    private static let ended =
        "restartPolicy: Never\ncontainers: [{name: c, image: \"busybox:1\", command: [sh, -c, \"exit 3\"]}]"
    private static let idle =
        "terminationGracePeriodSeconds: 0\ncontainers: [{name: c, image: \"busybox:1\", command: [sleep, \"1000\"]}]"

    /// The lines of a verb on a terminal of so many columns, script(1)'s.
    private func terminal(_ place: PodPlace, _ columns: Int, _ verb: String, _ before: String = "") throws -> [String] {
        let line = "stty cols \(columns) rows 24; \(before) $H \(verb) $O"
        let outcome = try place.script("TERM=xterm script -qec '\(line)' /dev/null </dev/null")
        return outcome.output.split(whereSeparator: \.isNewline).map(String.init)
    }

    private static func visible(_ line: String) -> Int {
        line.replacing(/\u{1b}\[[0-9;]*m/, with: "").unicodeScalars.count
    }

    @Test("colors and a width on a terminal, none in a pipe, no colors where NO_COLOR says so")
    func manners() throws {
        try withPods("terminal") { place in
            let long = "a-pod-with-a-rather-long-name"
            try place.runPod(long, Self.idle)
            try place.call("run", "--wait", try place.write("bad", Self.ended))
            let verbs = [
                "ps -a -o wide", "history bad", "tree \(long)", "stats --no-stream", "image ls", "why bad", "events bad",
                "plan \(place.work)/bad.yaml", "audit",
            ]
            for verb in verbs {
                let shown = try terminal(place, 50, verb)
                if ["ps", "history", "tree", "stats", "image"].contains(verb.prefix { $0 != " " }) {
                    #expect(shown.allSatisfy { Self.visible($0) <= 50 }, "\(verb): \(shown)")
                    #expect(shown.contains { $0.hasSuffix("…") || $0.hasSuffix("…\u{1b}[0m") }, "\(verb): \(shown)")
                }
                #expect(verb == "audit" || shown.contains { $0.contains("\u{1b}[") }, "\(verb): \(shown)")
                let plain = try terminal(place, 50, verb, "NO_COLOR=1")
                #expect(!plain.contains { $0.contains("\u{1b}") }, "\(verb): \(plain)")
                let piped = try place.script("$H \(verb) $O | cat").output
                #expect(!piped.contains("\u{1b}") && !piped.contains("…"), "\(verb): \(piped)")
            }
            let list = try terminal(place, 200, "ps -a").joined(separator: "\n")
            #expect(list.contains("\u{1b}[32mRunning\u{1b}[0m") && list.contains("\u{1b}[1;31mError\u{1b}[0m"), "\(list)")
            #expect(try terminal(place, 200, "ps -a", "TERM=dumb").allSatisfy { !$0.contains("\u{1b}") })
        }
    }

    @Test("top: samples take each other's place on a terminal, and end with an interrupt")
    func top() throws {
        try withPods("top") { place in
            try place.runPod("p", Self.idle)
            let line = "stty cols 80 rows 24; timeout -s INT 2 $H top -i 1 $O; echo ended $?"
            let shown = try place.script("TERM=xterm script -qec '\(line)' /dev/null </dev/null").output
            #expect(shown.components(separatedBy: "\u{1b}[H\u{1b}[J").count > 2, "\(shown)")
            #expect(shown.contains("default/p"))
        }
    }

    @Test("json, yaml and jsonpath say the same")
    func documents() throws {
        try withPods("documents") { place in
            try place.call("run", "--wait", try place.write("bad", Self.ended))
            try place.runPod("p", Self.idle)
            func expect(_ verb: String, _ template: String, _ output: String) throws {
                let outcome = try place.script("$H \(verb) $O -o jsonpath='\(template)'")
                #expect(outcome.output == output, "\(verb): \(outcome.output) \(outcome.errors)")
                let yaml = try place.script("$H \(verb) $O -o yaml")
                #expect(yaml.succeeded && !yaml.output.hasPrefix("{"), "\(verb): \(yaml.errors)")
            }
            try expect("why bad", "{.verdict} {.container}", "ExitCode c")
            try expect("tree p", "{.name} {.containers[0].name}", "default/p c")
            try expect("stats --no-stream p", "{[0].pod}", "default/p\n")
            try expect("audit", "{[*].text}", "")
            try expect("plan \(place.work)/p.yaml", "{.pods[0].name}", "p")
            let claim = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: v}\nspec: {accessModes: [ReadWriteOnce]}\n"
            let map = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {k: v}\n"
            try (claim + map).write(toFile: place.work + "/kept.yaml", atomically: true, encoding: .utf8)
            try place.call("apply", place.work + "/kept.yaml").check("apply")
            try expect("volume ls", "{[0].namespace}/{[0].name} {[0].accessModes[0]}", "default/v ReadWriteOnce")
            try expect("config ls", "{[0].kind} {[0].name} {[0].bytes}", "ConfigMap m 1")
            let words = try place.script("$H history $O -o jsonpath={.word} bad").lines
            #expect(words.first == "Recorded" && words.last == "Stopped", "\(words)")
            let events = try place.script("$H events $O -o yaml p").output
            #expect(events.hasPrefix("---\nrevision: ") && events.contains("\nword: Started\n"), "\(events)")
        }
    }

    /// The table of docs/command-line.md.
    @Test("every exit code that is documented")
    func exitCodes() throws {
        try withPods("exit-codes") { place in
            try place.runPod("p", Self.idle)
            expectEnd(try place.call("ps"), 0)
            // 1: it failed.
            #expect(try place.call("run", place.work + "/p.yaml").code == 1)
            #expect(try place.call("run", "--wait", try place.write("bad", Self.ended)).code == 1)
            #expect(try place.call("freeze", "bad").code == 1)
            // 2: words, and files that mean nothing; nothing was done.
            #expect(try place.call("ps", "--nonsense").code == 2)
            #expect(try place.call("run", try place.write("wrong", "containers: []")).code == 2)
            // 3: nothing of that name.
            for verb in ["inspect", "logs", "stop", "rm", "wait", "why", "history", "tree", "freeze"] {
                let outcome = try place.call(verb, "nobody")
                #expect(outcome.code == 3, "\(verb): \(outcome.code) \(outcome.errors)")
                #expect(outcome.errors.contains("hint: "), "\(verb): \(outcome.errors)")
            }
            #expect(try place.call("rm", "-f", "nobody").succeeded)
            // The program's own, as shells say it of one that was killed; 255 of one that could not be run.
            #expect(try place.call("exec", "p", "--", "sh", "-c", "exit 7").code == 7)
            #expect(try place.call("exec", "p", "--", "sh", "-c", "kill -TERM $$").code == 143)
            #expect(try place.call("exec", "p", "--", "nonsense").code == 255)
            #expect(try place.call("exec", "p", "--", "/etc").code == 255)
            // 5: history that is compacted.
            try place.call("journal", "compact", "5").check("compact")
            #expect(try place.call("ps", "--at", "2").code == 5)
        }
    }
}
