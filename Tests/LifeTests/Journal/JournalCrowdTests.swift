import Foundation
import Glibc
import Testing

/// `hull journal` on a store that many processes use at once.
@Suite("journal crowd", .serialized, Requirement.root, Requirement.shell)
struct JournalCrowdTests {
    @Test("twelve writers and readers at once, and a watch that sees every change once and in order")
    func twelve() throws {
        let journal = try JournalStore("twelve")
        try journal("put", "/first", "0")
        let each = Machine.isSlow ? 4 : 20
        let watch = try journal.starting("watch", "--from", "2", "-o", "json", "/")
        let script = """
            i=0
            while [ $i -lt \(each) ]; do
                $J put $([ $((i % 4)) = 0 ] && echo --durable || echo --volatile) /w/$0/$i $i >/dev/null || exit 1
                [ "$($J get /w/$0/$i -o raw)" = $i ] || exit 2
                $J range /w/$0/ --count-only >/dev/null || exit 3
                i=$((i + 1))
            done
            """
        let environment = ["J": "\(JournalStore.program) journal --root \(journal.root) --run-root \(journal.runRoot)"]
        let writers = try (0..<12).map { try start(["sh", "-c", script, "\($0)"], environment: environment) }
        for outcome in writers.map({ $0.wait() }) { #expect(outcome.code == 0, "\(outcome.errors)") }
        expectEnd(try journal("range", "/w/", "--count-only"), 0, "\(12 * each)\n")
        #expect(eventually { (fileText(watch.outputPath) ?? "").split(separator: "\n").count >= 12 * each })
        watch.kill(SIGINT)
        let seen = watch.wait()
        expectEnd(seen, 0)
        let revisions = try seen.lines.map { try JSONValue(parsing: $0).object["kv"]?.object["mod_revision"]?.integer ?? 0 }
        #expect(revisions == Array(2..<Int64(2 + 12 * each + 1)))
        expectEnd(try journal("check"), 0, "nothing is wrong\n")
    }

    @Test("writers and watches that are killed lose nothing that was said, and a new watch goes on where the old one was")
    func killed() throws {
        let journal = try JournalStore("killed")
        try journal("put", "/n", "0")
        var seen: [Int64] = []
        var acknowledged: Set<String> = []
        for round in 0..<8 {
            let watch = try journal.starting("watch", "--from", "\((seen.last ?? 1) + 1)", "-o", "json", "/")
            let writers = try (0..<3).map { writer in
                try start([
                    "sh", "-c",
                    "i=0; while :; do \(JournalStore.program) journal --root \(journal.root) --run-root \(journal.runRoot) put /k/\(round)/\(writer)/$i x >/dev/null && echo /k/\(round)/\(writer)/$i; i=$((i+1)); done",
                ])
            }
            usleep(useconds_t((60_000 + 20_000 * round) * (Machine.isSlow ? 20 : 1)))
            // Of each the whole group, in the middle of whatever it does.
            for writer in writers { Glibc.kill(-writer.pid, SIGKILL) }
            for writer in writers { acknowledged.formUnion(writer.wait().lines) }
            watch.kill(SIGKILL)
            let text = watch.wait().output
            // A line that was cut off is given again.
            let whole = text.hasSuffix("\n") ? text.split(separator: "\n") : text.split(separator: "\n").dropLast()
            seen += try whole.map { try JSONValue(parsing: String($0)).object["kv"]?.object["mod_revision"]?.integer ?? 0 }
        }
        let keys = Set(try journal("ls", "/k/", "--keys-only").lines)
        #expect(acknowledged.count > 8 && acknowledged.isSubset(of: keys))
        let all = try journal.script("timeout --preserve-status -s INT \(JournalStore.moment) $J watch --from 2 -o json /")
        let revisions = try all.lines.map { try JSONValue(parsing: $0).object["kv"]?.object["mod_revision"]?.integer ?? 0 }
        #expect(Array(revisions.prefix(seen.count)) == seen, "each once, in order")
        expectEnd(try journal("put", "/n", "1"), 0, "OK\n")
        #expect(try journal("check").code == 0)
    }

    @Test("a watch ends by itself when nobody reads any more, also when nothing is written")
    func closedPipe() throws {
        let journal = try JournalStore("pipe")
        for number in 1...200 where number % 100 == 0 || number < 4 { try journal("put", "/\(number)", "x") }
        expectEnd(try journal.script("{ $J watch --from 2 /; echo $? >&2; } | head -n 3"), 0, "PUT\n/1\nx\n", says: "0\n")
        expectEnd(try journal.script("{ $J ls /; echo $? >&2; } | head -n 1"), 0, "/1\n", says: "0\n")
    }

    @Test("a watch sleeps: it costs no time while nothing is written, and wakes at once")
    func sleeping() throws {
        let journal = try JournalStore("sleeping")
        try journal("put", "/a", "0")
        let watch = try journal.starting("watch", "/")
        #expect(eventually { (fileText("/proc/\(watch.pid)/status") ?? "").contains("State:\tS") })
        usleep(100_000)
        let switches = fileText("/proc/\(watch.pid)/status")?.split(separator: "\n").first { $0.hasPrefix("voluntary") }
        usleep(300_000)
        #expect(
            fileText("/proc/\(watch.pid)/status")?.split(separator: "\n").first { $0.hasPrefix("voluntary") } == switches,
            "it polls")
        try journal("put", "/a", "1")
        #expect(eventually { fileText(watch.outputPath) == "PUT\n/a\n1\n" })
        watch.kill(SIGTERM)
        expectEnd(watch.wait(), 0, "PUT\n/a\n1\n")
    }
}
