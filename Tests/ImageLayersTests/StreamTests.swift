import CZlib
import CZstd
import Digests
import ImageLayers
import LinuxTypes
import TarWriter
import Testing

/// Compressed archives: whole, joined, cut, broken, and far larger than they look.
@Suite struct StreamTests {
    static let archive: [UInt8] = {
        var tar = TarWriter()
        for index in 0..<50 { tar.add("file\(index)", data: String(repeating: "line \(index)\n", count: 200)) }
        return tar.ended()
    }()

    @Test func `gzip and zstd are known by their first bytes, and hashed on both sides`() throws {
        let forms: [(Compression, [UInt8])] = [
            (.none, Self.archive), (.gzip, gzip(Self.archive)), (.zstd, zstd(Self.archive)),
            (.gzip, gzip(Array(Self.archive[..<1000])) + gzip(Array(Self.archive[1000...]))),
            (.gzip, gzip(Self.archive) + [UInt8](repeating: 0, count: 600)),
            (.zstd, zstd(Array(Self.archive[..<1000])) + zstd(Array(Self.archive[1000...]))),
            // zstd:chunked keeps its table of contents in frames that are skipped.
            (.zstd, zstd(Self.archive) + [0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]),
            (.zstd, [0x5f, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 9] + zstd(Self.archive)),
        ]
        for (compression, bytes) in forms {
            for ahead in [false, true] {
                let reader =
                    try ahead ? ArchiveReader(ahead: Self.dribble(bytes, 100_000)) : ArchiveReader(Self.dribble(bytes, 7))
                var count = 0
                while try reader.next() != nil { count += 1 }
                let summary = try reader.finish()
                #expect(count == 50)
                #expect(summary.compression == compression)
                #expect(summary.digest == Digest.of(bytes) && summary.size == UInt64(bytes.count))
                #expect(summary.diffID == Digest.of(Self.archive) && summary.uncompressedSize == UInt64(Self.archive.count))
            }
        }
    }

    @Test func `a stream that is cut anywhere is an error`() {
        for whole in [gzip(Self.archive), zstd(Self.archive)] {
            for length in 1..<whole.count where length % 3 == 0 || length > whole.count - 20 || length < 20 {
                #expect(readingError(Array(whole[..<length])) != nil, "\(length) of \(whole.count)")
            }
        }
    }

    @Test func `gzip's own checksum and length are checked`() {
        let whole = gzip(Self.archive)
        for place in (whole.count - 8)..<whole.count {
            var broken = whole
            broken[place] ^= 1
            #expect(says(readingError(broken), "gzip: incorrect"), "byte \(place)")
        }
        #expect(says(readingError(whole + [0, 0, 1]), "behind the last"))
        #expect(says(readingError(whole + Array("garbage".utf8)), "gzip: incorrect header check"))
    }

    @Test func `a bomb stops at its ratio, at its bytes and at its window`() {
        var tar = TarWriter()
        tar.add(Array("zeros".utf8), data: [UInt8](repeating: 0, count: 8 << 20))
        let bomb = tar.ended()
        var limits = LayerLimits()
        #expect(readingError(gzip(bomb), limits: limits) == nil)
        limits.ratioFrom = 1 << 20
        #expect(readingError(gzip(bomb), limits: limits) == .limit(.ratio, allowed: 250, path: ""))
        #expect(readingError(zstd(bomb), limits: limits) == .limit(.ratio, allowed: 250, path: ""))
        #expect(readingError(bomb, limits: limits) == nil)
        limits = LayerLimits()
        limits.totalBytes = 1 << 20
        #expect(says(readingError(gzip(bomb), limits: limits), "--max-bytes"))
        limits = LayerLimits()
        limits.window = 1 << 20
        #expect(readingError(zstd(bomb, windowLog: 24), limits: limits) == .limit(.window, allowed: 1 << 20, path: ""))
        #expect(readingError(zstd(bomb, windowLog: 20), limits: limits) == nil)
    }

    /// A few bytes at a time.
    static func dribble(_ bytes: [UInt8], _ step: Int) -> sending ByteSource {
        var at = 0
        return { buffer in
            let count = min(buffer.count, bytes.count - at, step)
            for index in 0..<count { buffer[index] = bytes[at + index] }
            at += count
            return count
        }
    }
}

/// One gzip member.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    deflateInit2_(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
    defer { deflateEnd(&stream) }
    var (input, output) = (bytes, [UInt8](repeating: 0, count: bytes.count + 1000))
    return input.withUnsafeMutableBufferPointer { input in
        output.withUnsafeMutableBufferPointer { output in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            let result = deflate(&stream, Z_FINISH)
            return result == Z_STREAM_END ? Array(output[..<(output.count - Int(stream.avail_out))]) : []
        }
    }
}

/// One zstd frame, with its checksum and without its size, as a stream has it.
func zstd(_ bytes: [UInt8], windowLog: Int32 = 19) -> [UInt8] {
    guard let context = ZSTD_createCCtx() else { return [] }
    defer { ZSTD_freeCCtx(context) }
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, windowLog)
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0)
    var output = [UInt8](repeating: 0, count: bytes.count + 1000)
    var position = 0
    let size = output.count
    // In two steps, so that the frame is not cut down to what its contents need.
    for (part, mode) in [(bytes[..<(bytes.count / 2)], ZSTD_e_flush), (bytes[(bytes.count / 2)...], ZSTD_e_end)] {
        part.withUnsafeBytes { part in
            output.withUnsafeMutableBytes { output in
                var from = ZSTD_inBuffer(src: part.baseAddress, size: part.count, pos: 0)
                var to = ZSTD_outBuffer(dst: output.baseAddress, size: size, pos: position)
                while ZSTD_compressStream2(context, &to, &from, mode) > 0 {}
                position = to.pos
            }
        }
    }
    return Array(output[..<position])
}
