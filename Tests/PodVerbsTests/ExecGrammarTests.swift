import CommandSupport
import PodVerbs
import Testing

/// The words of `hull exec`.
@Suite struct ExecGrammarTests {
    @Test(
        arguments: [
            ("exec web ls -l", nil, ["ls", "-l"]),
            ("exec web -- ls -l", nil, ["ls", "-l"]),
            ("exec web -c app sh -c true", "app", ["sh", "-c", "true"]),
            ("exec -c app web -- sh -c true", "app", ["sh", "-c", "true"]),
            ("exec web -c app -- sh -c true", "app", ["sh", "-c", "true"]),
            // What is behind the program's name is the program's, be it the names of our own options.
            ("exec web env --root / --nonsense -- --", nil, ["env", "--root", "/", "--nonsense", "--", "--"]),
            ("exec web -- -x --", nil, ["-x", "--"]),
        ] as [(String, String?, [String])])
    func `options end at the program's first word`(_ line: String, _ container: String?, _ command: [String]) throws {
        var arguments = ExecPodArguments()
        (arguments.pod, arguments.container, arguments.command) = ("web", container, command)
        #expect(try podCommand(line) == .exec(arguments))
    }

    @Test(arguments: [
        ("exec", "there is no pod"), ("exec web", "there is no program to run; 'hull exec POD PROGRAM'"),
        ("exec web --nonsense ls", "unknown option '--nonsense' of 'exec'"),
    ])
    func `mistakes are named`(_ line: String, _ message: String) { #expect(complaint(aboutPod: line) == message) }
}
