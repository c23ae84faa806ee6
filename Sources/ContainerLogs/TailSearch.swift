import LinuxKernel

/// Finds where the last lines of a log begin, from its end backwards: nothing before them is read, save what is needed to find the beginning of lines
/// that are several records.
struct TailSearch {
    /// Lines whose end is still to be found.
    private var missing: Int
    /// Whether a record of a stream was seen, nearer to the end.
    private var isSeen = PerStream(false)
    /// Whether the beginning of a stream's first line is found.
    private var isFound = PerStream(false)
    /// Ends of lines seen since all ends that are wanted were found.
    private var endsBefore = 0
    /// Bytes looked at since then.
    private var scanned = 0

    /// Where to begin.
    private(set) var start: Int64?
    /// How many lines that end behind `start` are not wanted.
    private(set) var unwanted = 0

    init(lines: Int) { missing = lines }

    var isDone: Bool { missing == 0 && (isFound.stdout && isFound.stderr || scanned > LineJoiner.limit) }

    /// A new file is looked at; what was found lies in a later one until something is found here.
    mutating func enterFile() { start = nil }

    /// Takes the record before the last one.
    mutating func take(_ bytes: UnsafeRawBufferPointer, at offset: Int64) {
        // A part of a line that is empty makes no line, where nothing follows it.
        guard let record = LogRecord(bytes), record.isFull || bytes.count > record.textOffset else { return }
        let stream = record.stream
        if missing > 0 {
            // The last record of a stream ends a line in any case: one that has no end yet.
            if record.isFull || !isSeen[stream] { missing -= 1 }
            isSeen[stream] = true
            start = offset
            if missing == 0 {
                // The line of a stream without a record from here on cannot have begun before.
                isFound.stdout = !isSeen.stdout
                isFound.stderr = !isSeen.stderr
            }
            return
        }
        scanned += bytes.count
        if record.isFull {
            endsBefore += 1
            isFound[stream] = true
        } else if !isFound[stream] {
            start = offset
            unwanted = endsBefore
        }
    }
}
