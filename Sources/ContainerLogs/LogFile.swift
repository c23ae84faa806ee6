import LinuxKernel
import LinuxTypes

/// The file that a log is being written to: open for appending, a plain file with one name.
struct LogFile: ~Copyable {
    private let handle: OwnedDescriptor
    /// Bytes, as far as we know.
    private(set) var size: Int64
    /// For messages.
    private let subject: String
    /// Whether the last record of each stream leaves its line open.
    private(set) var openLines = PerStream(false)
    private(set) var repair: LogRepair?

    /// A new file; there is none of this name.
    static func create(_ place: LogPlace, in directory: FileDescriptor) throws(KernelError) -> LogFile {
        // The owner alone: what a program prints may be as secret as what it is given.
        let handle = try directory.open(place.name, [.readWrite, .append, .create, .exclusive], permissions: 0o600)
        return LogFile(handle, size: 0, place)
    }

    /// A file that is there already, its last record whole. nil where there is nothing; throws `notALog` for what must not be appended to.
    static func openExisting(_ place: LogPlace, in directory: FileDescriptor) throws(LogError) -> LogFile? {
        // Order: before the open, which of a device would be more than a look.
        guard let found = try kernel({ () throws(KernelError) in try status(of: place.name, in: directory) }) else { return nil }
        guard isPlain(found) else { throw .notALog("\(place)") }
        var file = try kernel { () throws(KernelError) in
            let handle = try directory.open(place.name, [.readWrite, .append, .nonblocking])
            let size = try handle.descriptor.status().size
            return LogFile(handle, size: size, place)
        }
        guard isPlain(try kernel { () throws(KernelError) in try file.status() }) else { throw .notALog("\(place)") }
        try kernel { () throws(KernelError) in try file.mend() }
        return file
    }

    private init(_ handle: consuming OwnedDescriptor, size: Int64, _ place: LogPlace) {
        self.handle = handle
        self.size = size
        subject = "\(place)"
    }

    private static func status(of name: FileName, in directory: FileDescriptor) throws(KernelError) -> FileStatus? {
        do throws(KernelError) { return try directory.status(of: name) } catch let error where error.errno == .ENOENT {
            return nil
        }
    }

    private borrowing func status() throws(KernelError) -> FileStatus { try handle.descriptor.status() }

    /// A file with a second name is somebody else's as well: appending to it would change that.
    private static func isPlain(_ status: FileStatus) -> Bool { status.type == .regular && status.links == 1 }

    /// One write at the end; the number of bytes, which may be fewer.
    mutating func append(_ bytes: UnsafeRawBufferPointer) throws(KernelError) -> Int {
        let count = try handle.descriptor.writeSome(bytes, subject: subject)
        size += Int64(count)
        // What takes nothing and gives no reason would be asked for ever.
        guard count > 0 else { throw KernelError(call: "write", errno: .EIO, subject: subject) }
        return count
    }

    /// Cuts the last bytes off again.
    mutating func cut(_ bytes: Int) throws(KernelError) {
        // Asked, not computed: somebody else may have shortened the file.
        let length = max(0, try status().size - Int64(bytes))
        try handle.descriptor.truncate(to: length)
        size = length
    }

    /// Makes the last record whole, which a writer that was killed may have left torn.
    private mutating func mend() throws(KernelError) {
        let count = Int(min(size, Self.tail))
        var torn = 0
        var isText = false
        var isAll = false
        let (offset, length) = (size - Int64(count), size)
        let lines = try withTail(at: offset, count) { block in
            let end = block.lastOffset(of: UInt8(ascii: "\n")).map { $0 + 1 }
            torn = block.count - (end ?? 0)
            isAll = end != nil || Int64(block.count) == length
            isText = LogRecord(block.from(end ?? 0)) != nil
            return Self.openLines(block)
        }
        openLines = lines
        if torn == 0 { return }
        if isText || !isAll {
            // Text that came through stays. And what is longer than any record is not ours to remove.
            _ = try append(UnsafeRawBufferPointer(start: Self.newline.utf8Start, count: 1))
            repair = .completed
        } else {
            try cut(torn)
            repair = .cut(torn)
        }
    }

    private func withTail<Result>(
        at offset: Int64, _ count: Int, _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(KernelError) -> Result {
        var block = [UInt8](repeating: 0, count: count)
        let got = try block.withMutableBytes { bytes throws(KernelError) in
            try handle.descriptor.read(at: offset, into: bytes, subject: subject)
        }
        return block.withUnsafeBytes { body($0.upTo(got)) }
    }

    private static func openLines(_ block: UnsafeRawBufferPointer) -> PerStream<Bool> {
        var open = PerStream(false)
        var rest = block
        while !rest.isEmpty {
            let end = rest.firstOffset(of: UInt8(ascii: "\n")) ?? rest.count
            if let record = LogRecord(rest.upTo(end)) { open[record.stream] = !record.isFull }
            rest = rest.from(min(end + 1, rest.count))
        }
        return open
    }

    private static let newline: StaticString = "\n"

    /// Far more than a record, for whatever wrote it.
    private static let tail: Int64 = 64 * 1024
}
