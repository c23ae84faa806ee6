import Foundation
import Testing

/// What a container's own streams are: nothing, an input that others give, a terminal.
@Suite("pods: streams", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs, .leakCheck)
struct PodStreamTests {
    private func spec(_ fields: String, _ script: String) -> String {
        """
        restartPolicy: Never
        terminationGracePeriodSeconds: 0
        containers: [{name: c, image: "busybox:1", \(fields) command: [sh, -c, "\(script)"]}]
        """
    }

    /// Attaches to `p`, gives it a line, and leaves once the container has told that it has it.
    private func give(_ word: String, to place: PodPlace) throws {
        let outcome = try place.script(
            """
            mkfifo $W/input; $H attach $O -i p < $W/input >/dev/null & exec 3> $W/input
            echo \(word) >&3; until $H logs $O p | grep -q 'got \(word)'; do sleep 0.1; done
            kill $!; exec 3>&-; rm $W/input
            """)
        #expect(outcome.succeeded, "\(outcome.errors)")
    }

    @Test("without stdin the input is empty, and nobody can give one")
    func none() throws {
        try withPods("no-input") { place in
            try place.runPod("p", spec("", "wc -c; test -t 0 || echo no terminal; sleep 600"))
            #expect(eventually { (try? place.log("p")) == "0\nno terminal\n" })
            let refused = try place.script("echo x | $H attach $O -i p")
            #expect(!refused.succeeded && refused.errors.contains("stdin"), "\(refused.errors)")
        }
    }

    @Test("with stdin everyone who attaches may give a piece, and nobody's end is the end of the input")
    func input() throws {
        try withPods("input") { place in
            try place.runPod("p", spec("stdin: true,", "read a; echo got $a; read b; echo got $b; exec sleep 600"))
            for word in ["one", "two"] {
                try give(word, to: place)
                #expect(try place.log("p").hasSuffix("got \(word)\n"))
            }
            #expect(try place.phase("p") == "Running")
        }
    }

    @Test("with stdinOnce the end of the first is the end of the input")
    func once() throws {
        try withPods("input-once") { place in
            try place.runPod("p", spec("stdin: true, stdinOnce: true,", "wc -c; echo ended"))
            let outcome = try place.script("printf 12345 | $H attach $O -i p")
            #expect(outcome.succeeded && outcome.output == "5\nended\n", "\(outcome.output)\(outcome.errors)")
            try place.call("wait", "p").check("wait")
            #expect(try place.log("p") == "5\nended\n")
        }
    }

    @Test("with tty all streams are one terminal of the container's own")
    func terminal() throws {
        try withPods("terminal-of-its-own") { place in
            try place.runPod(
                "p",
                spec(
                    "stdin: true, tty: true,",
                    "tty; test -t 0 && test -t 1 && test -t 2 && echo all; ls /dev/pts; read x; echo got $x; exec sleep 600"))
            #expect(eventually { (try? place.log("p"))?.contains("all") == true })
            let lines = try place.log("p").split(whereSeparator: \.isNewline)
            #expect(lines.first == "/dev/pts/0" || lines.first == "/dev/console", "\(lines)")
            try give("word", to: place)
            let plain = try place.call(
                "run", "--wait", "--replace", try place.write("q", spec("tty: false,", "test -t 1 || echo no terminal")))
            #expect(plain.succeeded, "\(plain.errors)")
            #expect(try place.log("q") == "no terminal\n")
        }
    }
}
