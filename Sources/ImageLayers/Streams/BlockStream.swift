import LinuxTypes

/// A piece of the uncompressed archive. The array may be longer than what is in it.
struct Block: Sendable {
    var bytes: [UInt8]
    /// Bytes of the archive in it; 0 behind the last.
    var count: Int

    /// Large enough that a block costs nothing beside what is in it, small enough for the processor's cache.
    static let size = 512 * 1024
}

/// The uncompressed archive, block by block.
protocol BlockStream: AnyObject {
    /// The next block; its `count` is 0 at the end. `spent` is the one before, whose memory can serve again.
    func next(after spent: consuming Block) throws(LayerError) -> Block
    /// After the end.
    func summary() throws(LayerError) -> StreamSummary
}

/// Blocks made when they are asked for.
final class DirectBlocks: BlockStream {
    private let decompressor: Decompressor

    init(_ decompressor: Decompressor) { self.decompressor = decompressor }

    func next(after spent: consuming Block) throws(LayerError) -> Block {
        if spent.bytes.count != Block.size { spent.bytes = [UInt8](repeating: 0, count: Block.size) }
        spent.count = try spent.bytes.withMutableBytes { buffer throws(LayerError) in try decompressor.read(into: buffer) }
        return spent
    }

    func summary() -> StreamSummary { decompressor.summary() }
}
