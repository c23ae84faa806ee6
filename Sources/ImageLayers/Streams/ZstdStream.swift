import CZstd

/// The frames of a zstd file, one behind the other, by libzstd. Skippable frames are skipped; a window larger than allowed is refused before it is
/// allocated.
final class ZstdStream {
    private let context: OpaquePointer
    private let window: UInt64
    private(set) var isBetweenFrames = true

    /// `window` in bytes.
    init(window: UInt64) throws(LayerError) {
        guard let context = ZSTD_createDCtx() else { throw .source(reason: "no memory for a zstd stream") }
        self.context = context
        self.window = window
        let bits = Int32(clamping: 63 - max(window, 1024).leadingZeroBitCount)
        ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, min(bits, 31))
    }

    deinit { ZSTD_freeDCtx(context) }

    /// Goes on with some bytes: how many of them were used, and how many came out.
    func step(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer, offset: UInt64
    ) throws(LayerError) -> (used: Int, made: Int) {
        var from = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var to = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let result = ZSTD_decompressStream(context, &to, &from)
        if ZSTD_isError(result) != 0 {
            let reason = String(cString: ZSTD_getErrorName(result))
            // The library's number for a window that is too large is not in its stable header; the text is.
            if reason.hasPrefix("Frame requires too much memory") { throw .limit(.window, allowed: window, path: "") }
            throw .damagedStream(reason: "zstd: \(reason)", offset: offset + UInt64(from.pos))
        }
        isBetweenFrames = result == 0
        return (from.pos, to.pos)
    }
}
