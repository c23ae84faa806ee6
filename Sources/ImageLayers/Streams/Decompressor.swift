public import Digests
import LinuxTypes

/// What a stream was, known when it has been read to its end.
public struct StreamSummary: Hashable, Sendable {
    public let compression: Compression
    /// Of the bytes as they came: what a manifest names. nil where nobody asked for it.
    public let digest: Digest?
    /// Bytes as they came.
    public let size: UInt64
    /// Of the uncompressed bytes: what a configuration names.
    public let diffID: Digest
    /// Uncompressed bytes.
    public let uncompressedSize: UInt64
}

/// An archive's bytes, uncompressed, with the digests of both sides computed on the way.
final class Decompressor {
    private enum Stream {
        case plain
        case gzip(GzipStream)
        case zstd(ZstdStream)
    }

    private let source: ByteSource
    private let limits: LayerLimits
    private var stream: Stream?
    private var compression = Compression.none
    /// Of the bytes as they come; nil where nobody asked, and where they are what comes out.
    private var compressed: Digest.Hasher?
    private let compressedAlgorithm: DigestAlgorithm?
    private var uncompressed: Digest.Hasher
    /// Bytes that the source has given.
    private var size: UInt64 = 0
    /// Bytes that the source gave and nobody used yet.
    private var input: [UInt8]
    private var used = 0
    private var filled = 0
    private var atEnd = false

    /// `digest` is the algorithm for the bytes as they come, nil where they are known.
    init(_ source: @escaping ByteSource, limits: LayerLimits, digest: DigestAlgorithm?, diffID: DigestAlgorithm) {
        self.source = source
        self.limits = limits
        compressedAlgorithm = digest
        uncompressed = Digest.Hasher(diffID)
        input = [UInt8](repeating: 0, count: 256 * 1024)
    }

    /// Fills the buffer, or as much of it as there is left: the number of bytes. 0 is the end, at which the whole source has been read.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(LayerError) -> Int {
        let stream = try opened()
        var made = 0
        while made < buffer.count {
            if used == filled { try refill() }
            // A decoder may hold bytes back after it has seen all of its input.
            let output = UnsafeMutableRawBufferPointer(rebasing: buffer[made...])
            let count = try step(stream, output)
            made += count
            if count == 0, used == filled, atEnd {
                try checkEnd(stream)
                break
            }
        }
        uncompressed.update(UnsafeRawBufferPointer(rebasing: buffer[..<made]))
        try checkLimits()
        return made
    }

    /// After the end.
    func summary() -> StreamSummary {
        let uncompressedSize = uncompressed.count
        var ended = Digest.Hasher(uncompressed.algorithm)
        swap(&ended, &uncompressed)
        let diffID = ended.finish()
        let digest = compressed.take()?.finish() ?? (compressedAlgorithm == nil ? nil : diffID)
        return StreamSummary(
            compression: compression, digest: digest, size: size, diffID: diffID, uncompressedSize: uncompressedSize)
    }

    private func opened() throws(LayerError) -> Stream {
        if let stream { return stream }
        while filled < 4, !atEnd { try refill() }
        compression = input.withUnsafeBytes { Compression(firstBytes: UnsafeRawBufferPointer(rebasing: $0[..<filled])) }
        // Of what is not compressed both digests are one.
        if let algorithm = compressedAlgorithm, compression != .none || algorithm != uncompressed.algorithm {
            compressed = Digest.Hasher(algorithm)
            input.withUnsafeBytes { compressed?.update(UnsafeRawBufferPointer(rebasing: $0[..<filled])) }
        }
        let opened: Stream
        switch compression {
        case .none: opened = .plain
        case .gzip: opened = .gzip(try GzipStream())
        case .zstd: opened = .zstd(try ZstdStream(window: limits.window))
        }
        stream = opened
        return opened
    }

    /// Appends to what is there, from the buffer's start where all of it is used.
    private func refill() throws(LayerError) {
        if atEnd { return }
        if used == filled {
            used = 0
            filled = 0
        }
        let start = filled
        let count = try input.withMutableBytes { bytes throws(LayerError) in
            try source(UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
        }
        guard count >= 0, count <= input.count - start else {
            throw .source(reason: "a source that gives more than there is room for")
        }
        atEnd = count == 0
        filled += count
        size += UInt64(count)
        input.withUnsafeBytes { compressed?.update(UnsafeRawBufferPointer(rebasing: $0[start..<(start + count)])) }
    }

    private func step(_ stream: Stream, _ output: UnsafeMutableRawBufferPointer) throws(LayerError) -> Int {
        let offset = size - UInt64(filled - used)
        let (consumed, made) = try input.withBytes { bytes throws(LayerError) -> (Int, Int) in
            let rest = UnsafeRawBufferPointer(rebasing: bytes[used..<filled])
            switch stream {
            case .plain:
                let count = min(rest.count, output.count)
                output.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<count]))
                return (count, count)
            case .gzip(let gzip):
                if rest.isEmpty, gzip.isBetweenMembers { return (0, 0) }
                return try gzip.step(rest, output, offset: offset)
            case .zstd(let zstd):
                if rest.isEmpty, zstd.isBetweenFrames { return (0, 0) }
                return try zstd.step(rest, output, offset: offset)
            }
        }
        used += consumed
        return made
    }

    private func checkEnd(_ stream: Stream) throws(LayerError) {
        switch stream {
        case .plain: return
        case .gzip(let gzip) where gzip.isBetweenMembers: return
        case .zstd(let zstd) where zstd.isBetweenFrames: return
        default: throw .damagedStream(reason: "the \(compression) stream ends in the middle", offset: size)
        }
    }

    private func checkLimits() throws(LayerError) {
        try limits.check(.totalBytes, uncompressed.count, "")
        guard compression != .none, uncompressed.count > limits.ratioFrom else { return }
        // The decoder's own buffers hold little: what was read is what was used.
        try limits.check(.ratio, uncompressed.count / max(size, 1), "")
    }
}
