public import LinuxKernel

/// Writes the log of one attempt to run a container, in CRI's format, for a process that must not wait: what was read from the container's pipes goes
/// to the file in one call; what the file does not take waits in a bounded buffer; and what has no place there is lost and counted. No call throws
/// for that, and none may stop the container.
///
/// It has memory for records only while some wait. A file is opened when the first record comes, or by `open()`. Nothing is ever synchronized: the
/// log is as durable as the page cache. The caller blocks or ignores `SIGXFSZ`, by which `RLIMIT_FSIZE` would end it.
///
/// ```
/// pipe ─read─► write(stdout, bytes) ─► records ─► RecordBuffer ─write(2)─► CONTAINER/ATTEMPT.log
///                                                     │ full, and the file takes nothing
///                                                     └──► counted; a record of its own once the file takes something
/// ```
public final class LogWriter {
    public let place: LogPlace
    let limits: LogLimits
    var file: LogFile?
    var buffer: RecordBuffer
    private var header = RecordHeader()
    /// Whether the last record of each stream that was taken leaves its line open.
    var openLines = PerStream(false)
    /// What has no record in the buffer yet.
    var loss = LogLoss()
    /// All that was lost since `failure`.
    var episode = LogLoss()
    /// Bytes of records in the buffer that are of our own making.
    var gap = PerStream<UInt64>(0)
    /// Why the file takes nothing at the moment.
    var failure: LogError?
    /// The size from which on rotation is tried again after it failed.
    var nextRotation: Int64 = 0

    /// When `retry()` is to be called, in microseconds of `CLOCK_MONOTONIC`; nil where nothing waits.
    public internal(set) var nextRetry: Int64?

    /// Opens nothing yet.
    public init(_ place: LogPlace, _ limits: LogLimits = LogLimits()) {
        self.place = place
        self.limits = limits
        buffer = RecordBuffer(capacity: limits.backlog)
    }

    /// Opens the file, so that there is a log of a container that prints nothing; and repairs one that an earlier writer left.
    public func open() -> [LogEvent] {
        var events: [LogEvent] = []
        flush(&events)
        return events
    }

    /// Takes what was read from a stream, any bytes: each line, and each part of a line, becomes a record with this time, and all that is waiting goes
    /// to the file. A line whose end did not come yet is written as far as it goes, tag `P`: nothing is held back.
    public func write(_ stream: LogStream, _ bytes: UnsafeRawBufferPointer, at time: WallTime) -> [LogEvent] {
        var events: [LogEvent] = []
        header.set(stream, time)
        var rest = bytes
        while !rest.isEmpty {
            let window = rest.upTo(min(rest.count, limits.text + 1))
            let newline = window.firstOffset(of: UInt8(ascii: "\n"))
            let length = newline ?? min(rest.count, limits.text)
            if !canTake(length) {
                flush(&events)
                if !canTake(length) {
                    lose(rest.count, stream)
                    return events
                }
            }
            buffer.append(header, rest.upTo(length), isFull: newline != nil)
            openLines[stream] = newline == nil
            rest = rest.from(newline == nil ? length : length + 1)
        }
        flush(&events)
        return events
    }

    /// Tries again to write what waits: for the caller's timer, see `nextRetry`.
    public func retry() -> [LogEvent] {
        var events: [LogEvent] = []
        flush(&events)
        return events
    }

    /// The container has ended and its pipes are empty: one last attempt. What is not written by then is lost, and told; the file is closed.
    public func finish() -> [LogEvent] {
        var events: [LogEvent] = []
        flush(&events)
        if failure != nil { abandon(&events) }
        file = nil
        return events
    }

    /// While something is lost, all that comes after it is: the record of the gap stands in its place.
    private func canTake(_ text: Int) -> Bool { loss.isEmpty && buffer.hasRoom(for: RecordHeader.size + text + 1) }

    private func lose(_ count: Int, _ stream: LogStream) { loss[stream] += UInt64(count) }

    /// Appends what tells of a loss to an empty buffer. A line that the loss cut ends first, so that the record begins one of its own.
    func appendGap() {
        let now = WallTime.now()
        for stream in [LogStream.stdout, .stderr] where loss[stream] > 0 && openLines[stream] {
            header.set(stream, now)
            buffer.append(header, UnsafeRawBufferPointer(start: nil, count: 0), isFull: true)
            openLines[stream] = false
            gap[stream] += 1
        }
        // A line of stderr that nothing cut goes on; then stdout was cut, and has none.
        let stream: LogStream = openLines.stderr ? .stdout : .stderr
        header.set(stream, now)
        let text = Array("hull: \(loss)".utf8.prefix(limits.text))
        gap[stream] += UInt64(text.count) + 1
        text.withUnsafeBytes { buffer.append(header, $0, isFull: true) }
        episode.add(loss)
        loss = LogLoss()
    }
}
