import LinuxKernel

/// A record as it stands in a file: `TIME STREAM TAGS TEXT`.
struct LogRecord {
    let time: WallTime
    let stream: LogStream
    /// The last or only record of its line: tag `F`. Of one with `P`, the line goes on in the next record of its stream.
    var isFull: Bool
    /// Where the text begins in the record's bytes; it goes to their end.
    let textOffset: Int

    /// nil for what is no record. `bytes` are without the newline; in the text any byte may stand.
    init?(_ bytes: UnsafeRawBufferPointer) {
        let space = UInt8(ascii: " ")
        guard let timeEnd = bytes.upTo(min(bytes.count, 40)).firstOffset(of: space), bytes.count >= timeEnd + 10,
            bytes[timeEnd + 7] == space, let time = WallTime(rfc3339: bytes.upTo(timeEnd)),
            let stream = Self.stream(bytes.from(timeEnd + 1).upTo(6))
        else { return nil }
        let tags = timeEnd + 8
        guard let tagsEnd = bytes.from(tags).upTo(min(bytes.count - tags, 64)).firstOffset(of: space), tagsEnd >= 1,
            tagsEnd == 1 || bytes[tags + 1] == UInt8(ascii: ":")
        else { return nil }
        switch bytes[tags] {
        case UInt8(ascii: "F"): isFull = true
        case UInt8(ascii: "P"): isFull = false
        default: return nil
        }
        self.time = time
        self.stream = stream
        textOffset = tags + tagsEnd + 1
    }

    private static func stream(_ bytes: UnsafeRawBufferPointer) -> LogStream? {
        if bytes.elementsEqual("stdout".utf8) { return .stdout }
        if bytes.elementsEqual("stderr".utf8) { return .stderr }
        return nil
    }
}
