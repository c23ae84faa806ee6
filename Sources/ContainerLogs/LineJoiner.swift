import LinuxKernel

/// Joins records to lines, for each stream alone. It keeps no more of a line than `limit`.
struct LineJoiner {
    /// Bytes. A longer line is given out in parts.
    static let limit = 1 << 20

    private struct Begun {
        var time: WallTime
        var text: [UInt8]
        var isContinued: Bool
    }

    private var lines = PerStream<Begun?>(nil)

    /// Takes a record; what it completes, if it does.
    mutating func take(_ record: LogRecord, _ text: UnsafeRawBufferPointer) -> LogLine? {
        let stream = record.stream
        guard var begun = lines[stream] else {
            if record.isFull {
                return LogLine(time: record.time, stream: stream, text: Array(text), isContinued: false, isComplete: true)
            }
            lines[stream] = Begun(time: record.time, text: Array(text), isContinued: false)
            return nil
        }
        // Order: before the append, or the array is copied for each record.
        lines[stream] = nil
        begun.text += text
        if record.isFull { return line(begun, stream, isComplete: true) }
        let isLong = begun.text.count >= Self.limit
        let part = isLong ? line(begun, stream, isComplete: false) : nil
        lines[stream] = isLong ? Begun(time: begun.time, text: [], isContinued: true) : begun
        return part
    }

    /// Gives out lines whose end did not come yet, as far as they go, in the order in which they began.
    mutating func takeUnfinished() -> [LogLine] {
        var parts: [LogLine] = []
        for stream in [LogStream.stdout, .stderr] {
            guard let begun = lines[stream], !begun.text.isEmpty else { continue }
            parts.append(line(begun, stream, isComplete: false))
            lines[stream] = Begun(time: begun.time, text: [], isContinued: true)
        }
        if parts.count == 2, parts[1].time.isBefore(parts[0].time) { parts.swapAt(0, 1) }
        return parts
    }

    private func line(_ begun: Begun, _ stream: LogStream, isComplete: Bool) -> LogLine {
        LogLine(
            time: begun.time, stream: stream, text: begun.text, isContinued: begun.isContinued, isComplete: isComplete)
    }
}

extension WallTime {
    func isBefore(_ other: WallTime) -> Bool { (seconds, nanoseconds) < (other.seconds, other.nanoseconds) }
}
