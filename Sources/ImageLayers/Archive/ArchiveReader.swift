public import Digests
import LinuxKernel
import LinuxTypes

/// A tar archive read from front to back, plain or compressed with gzip or zstd: POSIX.1-1988 and 2001 (pax), GNU tar with long names and sparse files,
/// and the old form. What comes out is the archive's own bytes, in no encoding; what memory it takes does not grow with what is read.
///
/// `next()` for an entry, then `read(into:)` or `readPieces(_:)` for its data, as far as wanted; `finish()` reads the rest and gives the digests.
public final class ArchiveReader {
    let blocks: any BlockStream
    let limits: LayerLimits
    private var block = Block(bytes: [], count: 0)
    private var at = 0
    /// Uncompressed bytes read so far.
    public private(set) var position: UInt64 = 0
    /// Entries so far.
    public private(set) var entryCount: UInt64 = 0
    private var totalBytes: UInt64 = 0
    private var isAtEnd = false
    var body = EntryBody()

    init(blocks: any BlockStream, limits: LayerLimits) {
        self.blocks = blocks
        self.limits = limits
    }

    /// Decompresses in this thread, when bytes are asked for. `digest` is the algorithm for the bytes as they come, nil where they are known, `diffID` that for the archive.
    public convenience init(
        _ source: @escaping ByteSource, limits: LayerLimits = LayerLimits(), digest: DigestAlgorithm? = .sha256,
        diffID: DigestAlgorithm = .sha256
    ) {
        let decompressor = Decompressor(source, limits: limits, digest: digest, diffID: diffID)
        self.init(blocks: DirectBlocks(decompressor), limits: limits)
    }

    /// Decompresses in a thread of its own, a few megabytes ahead. `source` is called there, and waited for where the reader goes.
    public convenience init(
        ahead source: sending @escaping ByteSource, limits: LayerLimits = LayerLimits(), digest: DigestAlgorithm? = .sha256,
        diffID: DigestAlgorithm = .sha256
    ) throws(LayerError) {
        self.init(blocks: try ReadAhead(source, limits: limits, digest: digest, diffID: diffID), limits: limits)
    }

    /// The next entry; nil behind the last. What is left of the data of the one before is skipped.
    public func next() throws(LayerError) -> ArchiveEntry? {
        try skipBody()
        if isAtEnd { return nil }
        var headers = EntryHeaders()
        while true {
            guard let header = try nextHeader() else {
                if headers.size > 0 { throw malformed("the archive ends behind a header that belongs to an entry") }
                return nil
            }
            headers.size += UInt64(TarHeader.size)
            try limits.check(.headerBytes, headers.size, "")
            guard try read(header, into: &headers) else { continue }
            entryCount += 1
            let (entry, body) = try checked(headers.entry(header, limits))
            try limits.check(.entries, entryCount, entry.displayPath)
            self.body = body
            if headers.records.sparse.isInData, case .regular = entry.kind { try readMap(of: entry) }
            if case .regular(let size) = entry.kind {
                totalBytes = totalBytes.addingReportingOverflow(size).overflow ? .max : totalBytes + size
                try limits.check(.totalBytes, totalBytes, entry.displayPath)
            }
            return entry
        }
    }

    /// Reads what is left, also behind the archive's end. Then the digests of everything are known.
    public func finish() throws(LayerError) -> StreamSummary {
        body = EntryBody()
        isAtEnd = true
        while try available() > 0 { consume(block.count - at) }
        return try blocks.summary()
    }

    /// Takes a header that only says something of the entry to come. false where it did, true where it is the entry's own.
    private func read(_ header: TarHeader, into headers: inout EntryHeaders) throws(LayerError) -> Bool {
        switch header.type {
        case UInt8(ascii: "x"), UInt8(ascii: "g"), UInt8(ascii: "L"), UInt8(ascii: "K"):
            guard header.dataSize >= 0 else { throw malformed("a header's size is negative") }
            let size = UInt64(header.dataSize)
            try limits.check(.headerBytes, size, "")
            headers.size += size
            try limits.check(.headerBytes, headers.size, "")
            let bytes = try take(Int(size), paddedTo: UInt64(TarHeader.size))
            try checked { () throws(TarHeader.Malformed) in try headers.read(header.type, bytes, limits) }
            return false
        case UInt8(ascii: "S"):
            headers.oldMap = try readOldMap()
            return true
        default: return true
        }
    }

    /// The next header; nil at the archive's end: two blocks of zeros, or no more bytes.
    private func nextHeader() throws(LayerError) -> TarHeader? {
        guard let bytes = try takeHeader() else { return end() }
        if bytes.allSatisfy({ $0 == 0 }) {
            guard let second = try takeHeader() else { return end() }
            guard second.allSatisfy({ $0 == 0 }) else { throw malformed("one block of zeros between entries") }
            return end()
        }
        lastHeader = bytes
        return try checked { () throws(TarHeader.Malformed) in
            try bytes.withBytes { buffer throws(TarHeader.Malformed) in try TarHeader(buffer) }
        }
    }

    /// The bytes of the header that `nextHeader()` returned.
    private(set) var lastHeader: [UInt8] = []

    private func end() -> TarHeader? {
        isAtEnd = true
        return nil
    }

    private func takeHeader() throws(LayerError) -> [UInt8]? {
        try available() == 0 ? nil : take(TarHeader.size, paddedTo: 1)
    }
}

// The uncompressed bytes.
extension ArchiveReader {
    /// How many bytes can be had without another block; 0 at the end.
    func available() throws(LayerError) -> Int {
        if at == block.count {
            let spent = block
            block = Block(bytes: [], count: 0)
            block = try blocks.next(after: spent)
            at = 0
        }
        return block.count - at
    }

    func consume(_ count: Int) {
        at += count
        position += UInt64(count)
    }

    /// Calls `body` with at most `count` bytes, at least one, and consumes them. The archive must not end there.
    func withBytes<Result>(
        atMost count: UInt64, _ body: (UnsafeRawBufferPointer) throws(LayerError) -> Result
    ) throws(LayerError) -> Result {
        let available = try available()
        if available == 0 { throw malformed("the archive ends in the middle of an entry") }
        let taken = Int(min(UInt64(available), count))
        let start = at
        consume(taken)
        return try block.bytes.withBytes { buffer throws(LayerError) in
            try body(UnsafeRawBufferPointer(rebasing: buffer[start..<(start + taken)]))
        }
    }

    /// Some bytes, and what pads them.
    func take(_ count: Int, paddedTo unit: UInt64) throws(LayerError) -> [UInt8] {
        var bytes: [UInt8] = []
        // What a header promises need not be there.
        bytes.reserveCapacity(min(count, Block.size))
        while bytes.count < count {
            try withBytes(atMost: UInt64(count - bytes.count)) { bytes += $0 }
        }
        try skip(padding(of: UInt64(count), to: unit))
        return bytes
    }

    func skip(_ count: UInt64) throws(LayerError) {
        var rest = count
        while rest > 0 { rest -= try withBytes(atMost: rest) { UInt64($0.count) } }
    }

    func padding(of count: UInt64, to unit: UInt64) -> UInt64 { (unit - count % unit) % unit }

    func malformed(_ reason: String) -> LayerError { .malformed(reason: reason, offset: position) }

    /// Gives the reason its place.
    func checked<Result>(_ body: () throws(TarHeader.Malformed) -> Result) throws(LayerError) -> Result {
        do throws(TarHeader.Malformed) {
            return try body()
        } catch {
            if let name = error.limit { throw .limit(name, allowed: limits[name], path: "") }
            throw malformed(error.reason)
        }
    }

    func checked<Result>(_ result: @autoclosure () throws(TarHeader.Malformed) -> Result) throws(LayerError) -> Result {
        try checked { () throws(TarHeader.Malformed) in try result() }
    }
}
