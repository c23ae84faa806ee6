import Digests

/// An archive's bytes, uncompressed, without a look at its entries. Whatever its compression, which is read from its first bytes.
public final class UncompressedStream {
    private let decompressor: Decompressor

    public init(_ source: @escaping ByteSource, limits: LayerLimits = LayerLimits()) {
        decompressor = Decompressor(source, limits: limits, digest: nil, diffID: .sha256)
    }

    /// Fills the buffer, or as much of it as there is left: the number of bytes; 0 is the end.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(LayerError) -> Int {
        try decompressor.read(into: buffer)
    }
}
