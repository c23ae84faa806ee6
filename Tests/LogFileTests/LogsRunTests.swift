import ContainerLogs
import JournalVerbs
import LinuxKernel
import LinuxTypes
import PodVerbs
import Testing

/// `hull logs` on log directories, without the pods.
@Suite struct LogsRunTests {
    private final class Printed {
        var text = ""
    }

    private func source(_ log: TestLog, _ container: String, hasEnded: @escaping () -> Bool = { true }) throws -> LogsSource {
        let place = try #require(LogPlace(log.directory.descriptor, container: container, attempt: 0))
        return LogsSource(pod: "web", container: container, place: place) { () throws(Failure) in hasEnded() }
    }

    private func run(_ arguments: LogsArguments, _ sources: [LogsSource], _ printed: Printed) -> LogsRun {
        LogsRun(arguments, sources) { bytes throws(Failure) in printed.text += String(decoding: bytes, as: UTF8.self) }
    }

    private func writer(_ log: TestLog, _ container: String, _ size: Int64 = 1 << 20) throws -> LogWriter {
        let place = try #require(LogPlace(log.directory.descriptor, container: container, attempt: 0))
        return LogWriter(place, LogLimits(rotation: LogRotation(maximumBytes: size, maximumFiles: 5000)))
    }

    @Test func `containers come one after the other`() throws {
        let log = try TestLog()
        try writer(log, "a").write(.stdout, "1\n2\n3")
        try writer(log, "b").write(.stderr, "4\n")
        var arguments = LogsArguments()
        arguments.tail = 2
        arguments.hasPrefix = true
        let printed = Printed()
        var run = try run(arguments, [source(log, "a"), source(log, "none"), source(log, "b")], printed)
        try run.print()
        #expect(printed.text == "[pod/web/a] 2\n[pod/web/a] 3\n[pod/web/b] 4\n" && run.notes == [])
    }

    @Test func `what is missing or strange is told`() throws {
        let log = try TestLog()
        let printed = Printed()
        var none = try run(LogsArguments(), [source(log, "app")], printed)
        do throws(Failure) {
            try none.print()
            Issue.record("there is a log")
        } catch { #expect(error == Failure("there is no log of container 'app'", exit: .notFound)) }
        try log.write(Array("junk\n2026-11-29T10:00:00Z stdout F a\n".utf8))
        try log.write([1], to: "app/0.log.20261129-100000.gz")
        var some = try run(LogsArguments(), [source(log, "app")], printed)
        try some.print()
        #expect(printed.text == "a\n")
        #expect(
            some.notes == [
                "the log of container 'app': what is no record was passed over, 1 times",
                "the log of container 'app': compressed files are not read, of which there are 1",
            ])
    }

    /// The wait is where the container works: what it did in between is printed, across rotations, to its last word; and nothing is slept through.
    @Test func `following ends with the container and loses nothing`() throws {
        let log = try TestLog()
        let writer = try writer(log, "app", 400)
        var round = 0
        let printed = Printed()
        var run = try run(LogsArguments(), [source(log, "app", hasEnded: { round == 51 })], printed)
        var slept: [Int] = []
        try run.follow { (entries: inout [PollEntry], milliseconds: Int) throws(Failure) -> Bool in
            if round < 50 { writer.write(.stdout, "line \(round)\nand \(round)\n") }
            round += 1
            if round == 51 { writer.write(.stdout, "last word") }
            do throws(KernelError) {
                let isReady = try waitUntilReady(&entries, milliseconds: milliseconds)
                if !isReady { slept.append(round) }
            } catch { throw Failure(error, "cannot wait") }
            return round > 60
        }
        // The first write makes the directory, which nobody could watch.
        #expect(slept == [] || slept == [1])
        #expect(printed.text == (0..<50).map { "line \($0)\nand \($0)\n" }.joined() + "last word" && round == 51)
    }

    @Test func `a prompt is seen by who waits`() throws {
        let log = try TestLog()
        let writer = try writer(log, "app")
        writer.write(.stdout, "password: ")
        let printed = Printed()
        var seen: [String] = []
        var run = try run(LogsArguments(), [source(log, "app", hasEnded: { seen.count == 4 })], printed)
        try run.follow { (entries: inout [PollEntry], _: Int) throws(Failure) -> Bool in
            seen.append(printed.text)
            if seen.count == 2 { writer.write(.stdout, "ok\n") }
            do throws(KernelError) { _ = try waitUntilReady(&entries, milliseconds: 10) } catch { throw Failure(error, "") }
            return seen.count > 10
        }
        #expect(seen == ["", "password: ", "password: ok\n", "password: ok\n"])
    }
}
