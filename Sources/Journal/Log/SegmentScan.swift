internal import LinuxKernel

/// Reads records of one segment in order.
struct SegmentScan {
    enum Stop: Equatable {
        /// The limit was reached.
        case limit
        /// What follows is no record.
        case bad
    }

    private static let firstRead = 4096
    private static let largestRead = 1 << 20

    let disk: any Disk
    let store: Identifier
    let segment: SegmentHeader
    let file: DiskFile

    /// Calls `visit` with each intact record from a position on, as long as it says true. Afterwards `position` is that of the first that was not
    /// visited. From the watermark on a record with a damaged value is none either.
    func run(
        _ position: inout UInt64, limit: UInt64, watermark: UInt64, _ visit: (RecordView) throws(JournalError) -> Bool
    ) throws(JournalError) -> Stop {
        var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.firstRead, alignment: 16)
        defer { buffer.deallocate() }
        while position < limit {
            let count = try kernel { () throws(KernelError) in try read(position, limit, into: buffer) }
            let filled = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            let start = position
            var wanted = 0
            while position < limit {
                let rest = UnsafeRawBufferPointer(rebasing: filled[Int(position - start)...])
                guard rest.count >= RecordHeader.size else { break }
                guard let header = RecordHeader(rest, store: store, position: position),
                    position + UInt64(header.length) <= limit
                else { return .bad }
                guard rest.count >= header.length else {
                    wanted = header.length
                    break
                }
                let record = RecordView(header: header, position: position, bytes: rest.part(0, header.length))
                guard position < watermark ? record.isIntact : record.isWhole, try visit(record) else { return .bad }
                position += UInt64(header.length)
            }
            // Nothing more to come: the file is shorter than it should be, or ends within a record.
            if position < limit, count < buffer.count { return .bad }
            grow(&buffer, wanted)
        }
        return .limit
    }

    private func read(_ position: UInt64, _ limit: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(KernelError) -> Int
    {
        let count = min(buffer.count, Int(limit - position))
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
        return try disk.read(file, at: segment.offset(of: position), into: part)
    }

    /// Larger reads for those who read much: the next has room for a whole record.
    private func grow(_ buffer: inout UnsafeMutableRawBufferPointer, _ wanted: Int) {
        let size = max(min(buffer.count * 4, Self.largestRead), wanted)
        guard size > buffer.count else { return }
        buffer.deallocate()
        buffer = .allocate(byteCount: size, alignment: 16)
    }

    /// The first position from `start` on, in steps of 8, where a record's header stands, whose length ends before the limit; nil for none.
    func nextRecord(from start: UInt64, limit: UInt64) throws(JournalError) -> (position: UInt64, header: RecordHeader)? {
        guard start < limit else { return nil }
        let offset = segment.offset(of: start)
        let bytes = try kernel { () throws(KernelError) in try disk.read(file, at: offset, count: Int(limit - start)) }
        return bytes.withUnsafeBytes { bytes in
            var at = 0
            while at + RecordHeader.size <= bytes.count {
                if bytes.number(UInt32.self, at: at) == RecordHeader.magic {
                    let position = start + UInt64(at)
                    let header = RecordHeader(bytes.part(at, RecordHeader.size), store: store, position: position)
                    if let header, position + UInt64(header.length) <= limit { return (position, header) }
                }
                at += 8
            }
            return nil
        }
    }

    /// The header at a position, if one stands there.
    func header(at position: UInt64) throws(JournalError) -> RecordHeader? {
        let offset = segment.offset(of: position)
        let bytes = try kernel { () throws(KernelError) in try disk.read(file, at: offset, count: RecordHeader.size) }
        guard bytes.count == RecordHeader.size else { return nil }
        return bytes.withUnsafeBytes { RecordHeader($0, store: store, position: position) }
    }

    /// Whether the keys part of the record at a position is what was written.
    func isReadable(_ header: RecordHeader, at position: UInt64) throws(JournalError) -> Bool {
        let offset = segment.offset(of: position)
        let bytes = try kernel { () throws(KernelError) in try disk.read(file, at: offset, count: header.length) }
        guard bytes.count == header.length else { return false }
        return bytes.withUnsafeBytes { RecordView(header: header, position: position, bytes: $0).isIntact }
    }

    /// Whether there are only zeros from a position on, at most `count` bytes of them.
    func isEmpty(from position: UInt64, count: Int) throws(JournalError) -> Bool {
        var rest = min(count, Int(segment.limit - min(position, segment.limit)))
        var offset = segment.offset(of: position)
        // In parts: who only appends stays small.
        while rest > 0 {
            let part = min(rest, 32 << 10)
            let bytes = try kernel { () throws(KernelError) in try disk.read(file, at: offset, count: part) }
            guard bytes.withUnsafeBytes({ $0.isAllZero }) else { return false }
            rest -= part
            offset += UInt64(part)
        }
        return true
    }
}
