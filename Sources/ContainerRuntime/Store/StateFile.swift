import LinuxKernel
import LinuxTypes

/// One container's file: frames that are only ever appended, each with its length and checksum. The last whole record is the truth; bytes that are
/// no whole frame are what a killed writer left, and the next writer cuts them off.
///
///     offset  size  field
///          0     8  "HULLSTA1", once
///     then for every frame:
///          0     4  kind: 1 configuration, 2 record            little-endian
///          4     4  length of the content in bytes
///          8     8  FNV-1a 64 of kind, length and content
///         16     …  content
struct StateFile {
    private let file: FileDescriptor

    init(_ file: FileDescriptor) { self.file = file }

    /// What a reading found.
    struct Contents {
        /// The bytes of the configuration as they were when the container was made.
        var configuration: ArraySlice<UInt8> = []
        /// The last record.
        var record: ArraySlice<UInt8>?
        /// Where the last whole frame ends.
        var end = 0
    }

    enum Kind: UInt32 {
        case configuration = 1
        case record = 2
    }

    /// Reads all frames. Checks the configuration's checksum only where it is asked for: `state` and `list` do not need it.
    func read(withConfiguration: Bool) throws(KernelError) -> Contents {
        try file.rewind()
        let bytes = try file.readToEnd(limit: Self.sizeLimit, subject: "the state file")
        var contents = Contents()
        guard bytes.starts(with: Self.magic) else { return contents }
        contents.end = Self.magic.count
        while bytes.count - contents.end >= Self.headerSize {
            let at = contents.end
            let (kind, length, sum) = bytes.withUnsafeBytes { raw in
                (
                    UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt32.self)),
                    Int(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self))),
                    UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: at + 8, as: UInt64.self))
                )
            }
            guard length <= bytes.count - at - Self.headerSize else { break }
            let content = bytes[(at + Self.headerSize)..<(at + Self.headerSize + length)]
            if kind != Kind.configuration.rawValue || withConfiguration {
                guard Self.checksum(kind, content) == sum else { break }
            }
            if kind == Kind.configuration.rawValue { contents.configuration = content }
            if kind == Kind.record.rawValue { contents.record = content }
            contents.end = content.endIndex
        }
        return contents
    }

    /// Appends frames behind the last whole one, in one write.
    func append(_ frames: [(kind: Kind, content: [UInt8])], after end: Int) throws(KernelError) -> Int {
        var bytes: [UInt8] = end == 0 ? Self.magic : []
        bytes.reserveCapacity(frames.reduce(32) { $0 + $1.content.count + Self.headerSize })
        for frame in frames { Self.encode(frame.kind, frame.content, into: &bytes) }
        try file.truncate(to: Int64(end))
        try file.writeAll(bytes, subject: "the state file")
        return end + bytes.count
    }

    private static func encode(_ kind: Kind, _ content: [UInt8], into bytes: inout [UInt8]) {
        func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        append(kind.rawValue)
        append(UInt32(content.count))
        append(checksum(kind.rawValue, content[...]))
        bytes += content
    }

    /// FNV-1a over 64 bits: finds what a cut or a flipped bit does; it keeps nobody out, root alone can write here.
    private static func checksum(_ kind: UInt32, _ content: ArraySlice<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        hash = (hash ^ UInt64(kind)) &* 0x100_0000_01b3
        hash = (hash ^ UInt64(content.count)) &* 0x100_0000_01b3
        content.withUnsafeBytes { bytes in
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        return hash
    }

    private static let magic = Array("HULLSTA1".utf8)
    private static let headerSize = 16
    /// A configuration of at most 16 MiB, twice over.
    private static let sizeLimit = 32 << 20
}
