import LinuxKernel

/// Whole records on their way to the file. It has memory only while there are any.
///
///     ┌────────── already dropped ──┬─ in the file ─┬──────────────┬───────── free ──┐
///     0                          start        start+written       end         capacity
///
/// `start` is always the first byte of a record, and `start + written` lies inside of that record.
struct RecordBuffer: ~Copyable {
    let capacity: Int
    private var memory: UnsafeMutableRawPointer?
    private var start = 0
    private var end = 0
    /// Bytes of the first record that are in the file already.
    private(set) var written = 0

    init(capacity: Int) { self.capacity = capacity }

    deinit { memory?.deallocate() }

    var isEmpty: Bool { end == start }

    /// Bytes that are still to be written.
    var count: Int { end - start - written }

    func hasRoom(for size: Int) -> Bool { size <= capacity - (end - start) }

    /// Appends a record. There is room for it.
    mutating func append(_ header: RecordHeader, _ text: UnsafeRawBufferPointer, isFull: Bool) {
        let target = room(for: RecordHeader.size + text.count + 1)
        header.copy(to: target, isFull: isFull)
        if let source = text.baseAddress { (target + RecordHeader.size).copyMemory(from: source, byteCount: text.count) }
        target.storeBytes(of: UInt8(ascii: "\n"), toByteOffset: RecordHeader.size + text.count, as: UInt8.self)
    }

    private mutating func room(for size: Int) -> UnsafeMutableRawPointer {
        let base = memory ?? .allocate(byteCount: capacity, alignment: 16)
        memory = base
        if capacity - end < size {
            // The regions may overlap: `copyMemory` allows that.
            base.copyMemory(from: base + start, byteCount: end - start)
            end -= start
            start = 0
        }
        defer { end += size }
        return base + end
    }

    /// What is still to be written.
    func withUnwritten<Result>(_ body: (UnsafeRawBufferPointer) throws(KernelError) -> Result) throws(KernelError) -> Result {
        try body(UnsafeRawBufferPointer(start: memory.map { $0 + start + written }, count: count))
    }

    /// So many bytes more are in the file. Records that are there as a whole are forgotten.
    mutating func advance(_ bytes: Int) {
        written += bytes
        if start + written == end { return removeAll() }
        // A text has no newline: each ends a record.
        let inFile = UnsafeRawBufferPointer(start: memory.map { $0 + start }, count: written)
        guard let last = inFile.lastOffset(of: UInt8(ascii: "\n")) else { return }
        start += last + 1
        written -= last + 1
    }

    /// The part of the first record that is in the file is there no longer.
    mutating func rewindRecord() { written = 0 }

    /// Calls `body` with each record that is not in the file as a whole, without its newline.
    func forEachRecord(_ body: (UnsafeRawBufferPointer) -> Void) {
        var rest = UnsafeRawBufferPointer(start: memory.map { $0 + start }, count: end - start)
        while let newline = rest.firstOffset(of: UInt8(ascii: "\n")) {
            body(rest.upTo(newline))
            rest = rest.from(newline + 1)
        }
    }

    mutating func removeAll() {
        memory?.deallocate()
        memory = nil
        start = 0
        end = 0
        written = 0
    }
}
