import CommandSupport
import PodVerbs
import Testing

/// The words of `history`, `events`, `why`, and of looking at what was.
@Suite struct HistoryVerbTests {
    private struct Wrong: Error {}

    @Test(arguments: [
        ("history", "there is no pod"), ("history a b", "'b' is one argument too many"), ("why", "there is no pod or container"),
        ("history -o xml a", "--output is json, yaml or jsonpath=TEMPLATE, not 'xml'"),
        ("events -o name", "--output is json, yaml or jsonpath=TEMPLATE, not 'name'"),
        ("ps --at yesterday", "--at is a revision, a time as 2026-11-29T10:00:00Z, or how long ago, as 10m, not 'yesterday'"),
        ("inspect --at -5 a", "--at is a revision, a time as 2026-11-29T10:00:00Z, or how long ago, as 10m, not '-5'"),
        ("history --at 0 a", "--at is a revision, a time as 2026-11-29T10:00:00Z, or how long ago, as 10m, not '0'"),
    ])
    func `mistakes are named`(_ line: String, _ message: String) { #expect(complaint(aboutPod: line) == message) }

    @Test func `a moment is a revision, a time, or so long ago`() throws {
        func moment(_ text: String) throws -> PastMoment? {
            guard case .history(let arguments) = try podCommand("history -o json --at \(text) web") else { return nil }
            #expect(arguments.pod == "web" && arguments.output == .json)
            return arguments.at
        }
        #expect(try moment("12") == .revision(12))
        #expect(try moment("90s") == .ago(90_000_000_000))
        #expect(try moment("1970-01-01T00:00:02.5Z") == .time(2_500_000_000))
    }

    @Test func `words are read`() throws {
        guard case .events(let events) = try podCommand("events -f --from 7 web") else { throw Wrong() }
        #expect(events.pod == "web" && events.isFollowing && events.from == 7 && events.output == nil)
        guard case .why(let why) = try podCommand("why -c server web") else { throw Wrong() }
        #expect(why.subject == "web" && why.container == "server")
    }
}
