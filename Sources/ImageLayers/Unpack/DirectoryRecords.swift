import LinuxKernel
import LinuxTypes

/// What the archive says of each directory, kept until all is unpacked: a file made in a directory changes its time, and a default ACL or a set-gid bit
/// would be handed down. A million of them do not fit into the memory that is ours, so they go to a file without a name.
struct DirectoryRecords: ~Copyable {
    struct Record {
        /// Empty: the layer's root.
        var names: [FileName]
        var permissions: UInt32
        var uid: UInt32
        var gid: UInt32
        var modified: FileTime
        var attributes: [ArchiveEntry.Attribute]
    }

    private let file: OwnedDescriptor
    private var buffer: [UInt8] = []
    private var written: Int64 = 0
    private static let bufferSize = 256 * 1024

    /// In the file system of the layer, or in memory where that has no files without names.
    init(beside root: FileDescriptor) throws(KernelError) {
        do throws(KernelError) {
            file = try root.openUnnamed()
        } catch let error where [.ENOTSUP, .EISDIR, .EINVAL, .ENOENT].contains(error.errno) {
            file = try FileDescriptor.inMemory(name: "directories")
        }
    }

    /// Later records of a directory win.
    mutating func append(_ record: Record) throws(KernelError) {
        put(UInt64(record.names.count), bytes: 4)
        for name in record.names { put(Array(name.bytes)) }
        put(UInt64(record.permissions), bytes: 4)
        put(UInt64(record.uid), bytes: 4)
        put(UInt64(record.gid), bytes: 4)
        put(UInt64(bitPattern: record.modified.seconds), bytes: 8)
        put(UInt64(record.modified.nanoseconds), bytes: 4)
        put(UInt64(record.attributes.count), bytes: 4)
        for attribute in record.attributes {
            put(attribute.name)
            put(attribute.value)
        }
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Calls `body` with each, in order.
    mutating func replay(_ body: (Record) throws(LayerError) -> Void) throws(LayerError) {
        do throws(KernelError) {
            try flush()
        } catch { throw .kernel(error, doing: "note directories", path: "") }
        var reader = Reader(file: file.descriptor, end: written)
        while let count = try reader.number(bytesIfAny: 4) {
            var names: [FileName] = []
            for _ in 0..<count {
                if let name = FileName(try reader.bytes()) { names.append(name) }
            }
            var record = Record(
                names: names, permissions: UInt32(try reader.number(bytes: 4)), uid: UInt32(try reader.number(bytes: 4)),
                gid: UInt32(try reader.number(bytes: 4)),
                modified: FileTime(
                    seconds: Int64(bitPattern: try reader.number(bytes: 8)), nanoseconds: UInt32(try reader.number(bytes: 4))),
                attributes: [])
            for _ in 0..<(try reader.number(bytes: 4)) {
                record.attributes.append(.init(name: try reader.bytes(), value: try reader.bytes()))
            }
            try body(record)
        }
    }

    private mutating func put(_ value: UInt64, bytes count: Int) {
        for index in 0..<count { buffer.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
    }

    private mutating func put(_ bytes: [UInt8]) {
        put(UInt64(bytes.count), bytes: 4)
        buffer += bytes
    }

    private mutating func flush() throws(KernelError) {
        let position = written
        try buffer.withBytes { bytes throws(KernelError) in try file.descriptor.write(bytes, at: position) }
        written += Int64(buffer.count)
        buffer.removeAll(keepingCapacity: true)
    }

    /// Reads what `append` wrote. Little-endian numbers; byte strings with their length in four bytes before them.
    private struct Reader {
        let file: FileDescriptor
        let end: Int64
        private var position: Int64 = 0
        private var chunk: [UInt8] = []
        private var at = 0

        init(file: FileDescriptor, end: Int64) {
            self.file = file
            self.end = end
        }

        mutating func number(bytesIfAny count: Int) throws(LayerError) -> UInt64? {
            at == chunk.count && position == end ? nil : try number(bytes: count)
        }

        mutating func number(bytes count: Int) throws(LayerError) -> UInt64 {
            try fill(count)
            var value: UInt64 = 0
            for index in 0..<count { value |= UInt64(chunk[at + index]) << UInt64(8 * index) }
            at += count
            return value
        }

        mutating func bytes() throws(LayerError) -> [UInt8] {
            let count = Int(try number(bytes: 4))
            try fill(count)
            defer { at += count }
            return Array(chunk[at..<(at + count)])
        }

        private mutating func fill(_ count: Int) throws(LayerError) {
            if chunk.count - at >= count { return }
            chunk.removeFirst(at)
            at = 0
            let kept = chunk.count
            let wanted = Int(min(Int64(max(count - kept, DirectoryRecords.bufferSize)), end - position))
            chunk += [UInt8](repeating: 0, count: wanted)
            let (file, position) = (file, position)
            do throws(KernelError) {
                let got = try chunk.withMutableBytes { buffer throws(KernelError) in
                    try file.read(at: position, into: UnsafeMutableRawBufferPointer(rebasing: buffer[kept...]))
                }
                if got != wanted || kept + got < count { throw KernelError(call: "pread", errno: .EIO, subject: "") }
            } catch { throw .kernel(error, doing: "note directories", path: "") }
            self.position += Int64(wanted)
        }
    }
}
