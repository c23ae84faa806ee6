import ContainerLogs
public import JournalVerbs
public import LinuxKernel
import LinuxTypes

/// Carries out `logs`: reads the logs of containers and gives out bytes for stdout.
public struct LogsRun {
    private let arguments: LogsArguments
    private let sources: [LogsSource]
    private let write: ([UInt8]) throws(Failure) -> Void
    private var text: LogText
    private var bytes: [UInt8] = []
    /// What was passed over, for warnings: a line each.
    public private(set) var notes: [String] = []

    /// `write` puts bytes to stdout, all of them.
    public init(
        _ arguments: LogsArguments, _ sources: [LogsSource], write: @escaping ([UInt8]) throws(Failure) -> Void
    ) {
        self.arguments = arguments
        self.sources = sources
        self.write = write
        text = LogText(arguments, sources.map { ($0.pod, $0.container) })
    }

    /// Prints all there is, one container after the other. Throws where there is no log at all.
    public mutating func print() throws(Failure) {
        var found = false
        for index in sources.indices {
            guard let reader = try open(index) else { continue }
            found = true
            try drain(reader, index)
            finish(reader, index)
        }
        try flush()
        if !found { throw missing() }
    }

    /// Prints all there is and all that comes, as it comes, until every container has ended. `wait` sleeps until one of the entries is ready or the
    /// milliseconds are over, and returns true where it is time to end.
    public mutating func follow(
        wait: (inout [PollEntry], Int) throws(Failure) -> Bool
    ) throws(Failure) {
        let watch = try Self.watch()
        var readers: [LogReader?] = []
        for index in sources.indices { readers.append(try reader(index)) }
        var isReported = sources.map { _ in false }
        var isIdle = false
        while true {
            for index in sources.indices {
                guard let reader = readers[index] else { continue }
                // Order: before the reading, or what is written in between is slept through; and so for the end.
                if !isReported[index] { isReported[index] = try report(reader, to: watch, index) }
                let hasEnded = try sources[index].hasEnded()
                try drain(reader, index)
                if isIdle { append(reader.takeUnfinished(), index) }
                if hasEnded || text.isFull(index) {
                    finish(reader, index)
                    readers[index] = nil
                }
            }
            try flush()
            if readers.allSatisfy({ $0 == nil }) { return }
            var entries = [PollEntry(watch.descriptor)]
            if try wait(&entries, Self.patience) { return }
            do throws(KernelError) { isIdle = try !watch.take() } catch { throw Failure(error, "cannot wait for the log") }
        }
    }

    private func reader(_ index: Int) throws(Failure) -> LogReader {
        do throws(LogError) {
            return try LogReader(sources[index].place, tail: arguments.tail, since: arguments.since?.time(now: .now()))
        } catch { throw failure(error, index) }
    }

    /// nil where there is no log.
    private func open(_ index: Int) throws(Failure) -> LogReader? {
        do throws(LogError) {
            guard try LogReader.exists(sources[index].place) else { return nil }
        } catch { throw failure(error, index) }
        return try reader(index)
    }

    /// Where there is no directory yet, the next round asks again.
    private func report(
        _ reader: LogReader, to watch: borrowing ModificationWatch, _ index: Int
    ) throws(Failure) -> Bool {
        do throws(LogError) {
            try reader.report(to: watch)
            return true
        } catch {
            if case .noLog = error { return false }
            throw failure(error, index)
        }
    }

    private mutating func drain(_ reader: LogReader, _ index: Int) throws(Failure) {
        while !text.isFull(index) {
            let line: LogLine?
            do throws(LogError) { line = try reader.next() } catch { throw failure(error, index) }
            guard let line else { return }
            text.append(line, of: index, to: &bytes)
            if bytes.count >= Self.portion { try flush() }
        }
    }

    private mutating func append(_ lines: [LogLine], _ index: Int) {
        for line in lines { text.append(line, of: index, to: &bytes) }
    }

    private mutating func finish(_ reader: LogReader, _ index: Int) {
        append(reader.finish(), index)
        let omissions = reader.omissions
        let name = "the log of container '\(sources[index].container)'"
        if omissions.malformed > 0 { notes.append("\(name): what is no record was passed over, \(omissions.malformed) times") }
        if omissions.compressed > 0 {
            notes.append("\(name): compressed files are not read, of which there are \(omissions.compressed)")
        }
        if omissions.isOutrun { notes.append("\(name): files were removed before they were read") }
    }

    private mutating func flush() throws(Failure) {
        if bytes.isEmpty { return }
        let portion = bytes
        bytes.removeAll(keepingCapacity: true)
        try write(portion)
    }

    private static func watch() throws(Failure) -> ModificationWatch {
        do throws(KernelError) { return try ModificationWatch() } catch {
            guard error.errno == .EMFILE else { throw Failure(error, "cannot follow") }
            throw Failure(
                "cannot follow: \(error)", hint: "this user's inotify instances are used up: raise fs.inotify.max_user_instances")
        }
    }

    private func missing() -> Failure {
        let what = sources.count == 1 ? "container '\(sources[0].container)'" : "any of the containers"
        let attempt = arguments.isPrevious ? "an attempt before the present one of " : ""
        return Failure("there is no log of \(attempt)\(what)", exit: .notFound)
    }

    private func failure(_ error: LogError, _ index: Int) -> Failure {
        Failure("cannot read the log of container '\(sources[index].container)': \(error)")
    }

    /// Milliseconds after which somebody who waits for more sees a line that has no end yet, and the end of a container is noticed.
    private static let patience = 250
    private static let portion = 64 * 1024
}
