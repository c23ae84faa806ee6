import CommandSupport
import JournalVerbs
import LinuxKernel
import Testing

@testable import PodVerbs

/// The words of `hull logs`.
@Suite struct LogsGrammarTests {
    private func arguments(_ line: String) throws(UsageError) -> LogsArguments {
        let words = ["logs"] + line.split(separator: " ").map(String.init)
        let table = VerbTable(program: "hull", names: ["logs"])
        var (_, verb) = try table.open(ArgumentReader(words, program: "hull"), StoreOptions())
        return try LogsVerb.parse(&verb)
    }

    private func complaint(_ line: String) -> String {
        PodVerbsTests.complaint { () throws(UsageError) in try arguments(line) }
    }

    @Test(arguments: [
        ("", "there is no pod"), ("a b", "'b' is one argument too many"),
        ("a --tail x", "--tail is a number from 0 to 9223372036854775807, not 'x'"),
        ("a --tail -2", "--tail is a number from 0 to 9223372036854775807, not '-2'"),
        ("a --since 10", "--since is a duration, as 90s, 10m or 1h30m, not '10'"),
        ("a --since-time now", "--since-time is a time, as 2026-11-29T10:00:00Z, not 'now'"),
        ("a --since 1m --since-time 2026-11-29T10:00:00Z", "there is more than one of --since and --since-time"),
        ("a -c x --all-containers", "--container and --all-containers exclude each other"),
        ("a --limit-bytes 0", "--limit-bytes is 1 or more"),
        ("a --reopen --tail 3", "--reopen goes with --container and --all-containers alone"),
        ("a --reopen -f", "--reopen goes with --container and --all-containers alone"),
        ("a --folow", "unknown option '--folow' of 'logs'; did you mean '--follow'?"),
        ("--help", "help for logs"),
    ])
    func `mistakes are named`(_ line: String, _ message: String) { #expect(complaint(line) == message) }

    @Test func `words of kubectl are known`() throws {
        let found = try arguments("-fp --tail=5 web -c app --timestamps --prefix --limit-bytes 100 --since 1h30m")
        #expect(found.pod == "web" && found.container == "app" && found.isFollowing && found.isPrevious && found.tail == 5)
        #expect(found.hasTimestamps && found.hasPrefix && found.limitBytes == 100 && found.since == .ago(5_400_000_000_000))
        #expect(try arguments("web --tail -1").tail == nil && arguments("web --tail 0").tail == 0)
        #expect(LogsVerb.manual.text.contains("hull logs -f --tail 20 web -c server"))
    }

    @Test(arguments: [
        ("90s", 90_000_000_000), ("1h30m", 5_400_000_000_000), ("1.5h", 5_400_000_000_000), ("300ms", 300_000_000),
        (".5s", 500_000_000),
        ("0s", 0), ("7d", 604_800_000_000_000), ("1m1us1ns", 60_000_001_001), ("2\u{b5}s", 2000),
    ])
    func `durations are Go's`(_ text: String, _ nanoseconds: Int64) { #expect(DurationText.nanoseconds(text) == nanoseconds) }

    @Test(arguments: [
        "", "1", "s", ".s", "-1s", "+1s", "1 s", "1s ", "1x", "1h30", "99999999999h", "9223372036854775808ns", "1e3s",
    ])
    func `what is no duration is none`(_ text: String) { #expect(DurationText.nanoseconds(text) == nil) }

    @Test func `an age counts back from now`() {
        let now = WallTime(seconds: 100, nanoseconds: 5)
        #expect(LogsArguments.Since.ago(1_000_000_010).time(now: now) == WallTime(seconds: 98, nanoseconds: 999_999_995))
        #expect(LogsArguments.Since.ago(1_000_000_005).time(now: now) == WallTime(seconds: 99, nanoseconds: 0))
    }
}
