import LinuxKernel
import LinuxTypes

/// The whole records of a file from its end to its start, block by block. A torn one at the end is left out.
struct BackwardRecords: ~Copyable {
    private let file: FileDescriptor
    /// Where in the file `buffer` begins.
    private var offset: Int64
    private var buffer: [UInt8] = []
    /// Where in `buffer` the records end that were not given out: behind a newline.
    private var end = 0
    /// A record is too long: its end was dropped.
    private var isSkipping = false

    /// The file stays open as long as this is used.
    static func open(_ file: FileDescriptor) throws(KernelError) -> BackwardRecords {
        var records = BackwardRecords(file, size: try file.status().size)
        while try records.extend() > 0 {
            if let newline = records.buffer.withUnsafeBytes({ $0.lastOffset(of: UInt8(ascii: "\n")) }) {
                records.end = newline + 1
                break
            }
            records.end = 0
        }
        return records
    }

    private init(_ file: FileDescriptor, size: Int64) {
        self.file = file
        offset = size
    }

    /// Where in the file the last record that was not given out ends.
    var wholeEnd: Int64 { offset + Int64(end) }

    /// Calls `body` with the record before the last one that was given out, and where in the file it begins; false at the start of the file. What is
    /// too long to be a record comes as no bytes.
    mutating func previous(_ body: (UnsafeRawBufferPointer, Int64) -> Void) throws(KernelError) -> Bool {
        // The last byte is the record's own newline.
        var unsearched = max(0, end - 1)
        while true {
            let newline = buffer.withUnsafeBytes { $0.upTo(unsearched).lastOffset(of: UInt8(ascii: "\n")) }
            if newline != nil || offset == 0 {
                if end == 0, !isSkipping { return false }
                give(from: newline.map { $0 + 1 } ?? 0, body)
                return true
            }
            if isSkipping || end > ForwardRecords.longest {
                isSkipping = true
                end = 0
            }
            let isContinued = end > 0 || isSkipping
            let count = try extend()
            unsearched = isContinued ? count : max(0, count - 1)
        }
    }

    private mutating func give(from start: Int, _ body: (UnsafeRawBufferPointer, Int64) -> Void) {
        let place = offset + Int64(start)
        let range = isSkipping ? start..<start : start..<end - 1
        buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range]), place) }
        end = start
        isSkipping = false
    }

    /// Brings the block before; the number of its bytes, 0 at the start of the file.
    private mutating func extend() throws(KernelError) -> Int {
        let count = Int(min(offset, Self.block))
        if count == 0 { return 0 }
        var block = [UInt8](repeating: 0, count: count)
        let start = offset - Int64(count)
        let file = self.file
        // Where the file was cut meanwhile, zeros stay, which are no record.
        _ = try block.withMutableBytes { bytes throws(KernelError) in try file.read(at: start, into: bytes) }
        buffer = block + buffer[..<end]
        offset = start
        end += count
        return count
    }

    private static let block: Int64 = 64 * 1024
}
