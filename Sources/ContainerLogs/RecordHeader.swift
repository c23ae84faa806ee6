import LinuxKernel

/// What stands before the text of a record, 40 bytes: `2026-11-29T10:00:00.123456789Z stdout F `. The date is made anew once a second.
struct RecordHeader {
    static let size = 40

    private var bytes = [UInt8](repeating: UInt8(ascii: " "), count: size)
    private var second = Int64.min

    /// The last second of year 9999: later times have no place in the format.
    private static let latest: Int64 = 253_402_300_799

    /// Sets the time and the stream of records to come.
    mutating func set(_ stream: LogStream, _ time: WallTime) {
        let seconds = min(max(time.seconds, 0), Self.latest)
        if seconds != second {
            second = seconds
            for (index, byte) in WallTime(seconds: seconds, nanoseconds: 0).rfc3339.utf8.enumerated() { bytes[index] = byte }
        }
        var rest = min(max(time.nanoseconds, 0), 999_999_999)
        for index in stride(from: 28, through: 20, by: -1) {
            bytes[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        for (index, byte) in stream.name.utf8.enumerated() { bytes[31 + index] = byte }
    }

    /// Writes it to memory of its size.
    @inline(__always)
    func copy(to target: UnsafeMutableRawPointer, isFull: Bool) {
        bytes.withUnsafeBytes { header in
            // SAFETY: the array is never empty.
            target.copyMemory(from: header.baseAddress.unsafelyUnwrapped, byteCount: Self.size)
        }
        target.storeBytes(of: UInt8(ascii: isFull ? "F" : "P"), toByteOffset: 38, as: UInt8.self)
    }
}
