import LinuxKernel
import LinuxTypes
import Testing

@testable import ContainerLogs
@testable import PodVerbs

/// What `hull logs` prints of lines, and of a log directory.
@Suite struct LogTextTests {
    private let sources = [(pod: "web", container: "a"), (pod: "web", container: "b")]

    private func printed(_ arguments: LogsArguments, _ lines: [(Int, LogLine)]) -> String {
        var text = LogText(arguments, sources)
        var bytes: [UInt8] = []
        for (source, line) in lines { text.append(line, of: source, to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func line(
        _ text: String, _ stream: LogStream = .stdout, isContinued: Bool = false, isComplete: Bool = true
    ) -> LogLine {
        LogLine(
            time: WallTime(seconds: 0, nanoseconds: 5), stream: stream, text: Array(text.utf8), isContinued: isContinued,
            isComplete: isComplete)
    }

    @Test func `text is printed as it is`() {
        let lines = [(0, line("one")), (0, line("\u{1b}[31mred")), (0, line("no end", isComplete: false))]
        #expect(printed(LogsArguments(), lines) == "one\n\u{1b}[31mred\nno end")
    }

    @Test func `a line is continued, or another begins below it`() {
        let begun = line("pass", isComplete: false)
        let rest = line("word", isContinued: true)
        #expect(printed(LogsArguments(), [(0, begun), (0, rest), (0, line("x"))]) == "password\nx\n")
        #expect(printed(LogsArguments(), [(0, begun), (1, line("x")), (0, rest)]) == "pass\nx\nword\n")
        #expect(printed(LogsArguments(), [(0, begun), (0, line("x", .stderr)), (0, rest)]) == "pass\nx\nword\n")
    }

    @Test func `each line has its time and where it comes from`() {
        var arguments = LogsArguments()
        arguments.hasPrefix = true
        arguments.hasTimestamps = true
        let lines = [(0, line("pass", isComplete: false)), (0, line("word", isContinued: true)), (1, line("x"))]
        let stamp = "1970-01-01T00:00:00.000000005Z"
        #expect(printed(arguments, lines) == "[pod/web/a] \(stamp) password\n[pod/web/b] \(stamp) x\n")
    }

    @Test func `a limit of bytes holds for each container and ends anywhere`() {
        var arguments = LogsArguments()
        arguments.limitBytes = 5
        let lines = [(0, line("one")), (0, line("two")), (0, line("three")), (1, line("four")), (1, line("five"))]
        #expect(printed(arguments, lines) == "one\nt\nfour\n")
    }
}
