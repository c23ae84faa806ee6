import CommandSupport
import PodVerbs
import Testing

/// The words of `hull container`.
@Suite struct ContainerVerbGrammarTests {
    @Test(arguments: [
        ("pause web a", "'container' has the verbs create, start, stop and rm, not 'pause'"),
        ("start -t 5 web a", "--time is for 'container stop'"),
        ("rm --attempt 5 web a", "--attempt is for 'container create'"),
        ("create --attempt x web a", "--attempt is a number from 0 to 4294967295, not 'x'"),
    ])
    func `mistakes are named`(_ line: String, _ message: String) { #expect(complaint(aboutPod: "container " + line) == message) }

    @Test(arguments: ["", "stop", "stop web"])
    func `what is missing is told`(_ line: String) {
        #expect(throws: UsageError.self) { try podCommand("container " + line) }
    }

    @Test func `words are read`() throws {
        var stop = ContainerArguments(.stop)
        (stop.pod, stop.containers, stop.grace) = ("web", ["a", "b"], 5)
        #expect(try podCommand("container stop -t 5 web a b") == .container(stop))
        var create = ContainerArguments(.create)
        (create.pod, create.containers, create.attempt) = ("n/web", ["a"], 7)
        #expect(try podCommand("container create --attempt=7 n/web a") == .container(create))
        var removal = ContainerArguments(.remove)
        (removal.pod, removal.containers) = ("web", ["a"])
        #expect(try podCommand("container rm web a") == .container(removal))
    }
}
