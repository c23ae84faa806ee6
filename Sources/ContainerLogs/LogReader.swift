public import LinuxKernel
import LinuxTypes

/// Reads the log of one attempt to run a container, over all its files in their order, and goes on while they are written and rotated. Its memory is
/// bounded: a record by 1 MiB, a line by 1 MiB in one part. What is no record is passed over and counted.
///
/// Whatever stands in the files came from a container: the text of a line is any bytes.
public final class LogReader {
    public let place: LogPlace
    public internal(set) var omissions = LogOmissions()
    var records: ForwardRecords?
    /// The newest rotated file that is older than the one that is being read; what comes next is younger.
    var floor: RotatedName?
    /// A younger file is there: what the present one has now is all.
    var hasSuccessor = false
    private var joiner = LineJoiner()
    private let since: WallTime?
    /// Lines that end before those that are wanted.
    private var unwanted = 0
    private var isFinished = false

    /// Begins with the last `tail` lines, nil for all, of which those before `since` are left out. There may be no file yet.
    public init(_ place: LogPlace, tail: Int? = nil, since: WallTime? = nil) throws(LogError) {
        self.place = place
        self.since = since
        // A rotation between the listing and the opening: then once more.
        for _ in 0..<Self.attempts {
            let listing = try LogListing.read(place)
            omissions.compressed = listing.compressed
            let first = if let tail { try begin(listing, tail: max(tail, 0)) } else { try begin(listing, since: since) }
            guard let first else { continue }
            unwanted = first
            return
        }
        throw .kernel(KernelError(call: "openat", errno: .EBUSY, subject: "\(place)"))
    }

    private static let attempts = 100

    /// Whether there is any file of this log.
    public static func exists(_ place: LogPlace) throws(LogError) -> Bool { try !LogListing.read(place).entries.isEmpty }

    /// The next line, or the next part of one that is very long; nil where there is no more at the moment.
    public func next() throws(LogError) -> LogLine? {
        while !isFinished {
            var line: LogLine?
            var isRecord = false
            let step: ForwardRecords.Step
            do throws(KernelError) {
                step =
                    try records?.next { bytes in
                        guard let record = LogRecord(bytes) else { return }
                        isRecord = true
                        line = joiner.take(record, bytes.from(record.textOffset))
                    } ?? .end
            } catch { throw .kernel(error) }
            switch step {
            case .record: if !isRecord { omissions.malformed += 1 }
            case .overlong: omissions.malformed += 1
            case .end: if try !readOn() { return nil }
            }
            if let line, isWanted(line) { return line }
        }
        return nil
    }

    /// Lines that have no end yet, as far as they go: a prompt, for somebody who waits before it. What follows is told as continued.
    public func takeUnfinished() -> [LogLine] { joiner.takeUnfinished().filter(isShown) }

    /// The rest of a log to which nothing will be added, as of one whose container has ended: lines without an end, and the text of a last record that
    /// is torn.
    public func finish() -> [LogLine] {
        var torn: LogLine?
        // Half a header holds nothing of a container's.
        _ = records?.withTorn { bytes in
            if let record = LogRecord(bytes) { torn = joiner.take(record.unfinished, bytes.from(record.textOffset)) }
        }
        records = nil
        isFinished = true
        return ([torn].compactMap { $0 } + joiner.takeUnfinished()).filter(isShown)
    }

    private func isWanted(_ line: LogLine) -> Bool {
        if unwanted == 0 { return isShown(line) }
        if line.isComplete { unwanted -= 1 }
        return false
    }

    private func isShown(_ line: LogLine) -> Bool {
        guard let since else { return true }
        return !line.time.isBefore(since)
    }
}

extension LogRecord {
    /// The same, of which the end did not come.
    var unfinished: LogRecord {
        var record = self
        record.isFull = false
        return record
    }
}
