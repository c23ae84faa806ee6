import Digests
import LinuxKernel
import LinuxTypes

/// Blocks made by a thread that is a few of them ahead: decompression and digests take as long as files take to be written, on another processor.
///
/// It stops when this value goes; a source that blocks is waited for then.
final class ReadAhead: BlockStream {
    private enum Piece: Sendable {
        case block(Block)
        case end(StreamSummary)
        case failed(LayerError)
    }

    private let pieces: BoundedQueue<Piece>
    private let spares: BoundedQueue<Block>
    private let thread: JoinedThread
    private var ended: StreamSummary?

    init(
        _ source: sending @escaping ByteSource, limits: LayerLimits, digest: DigestAlgorithm?, diffID: DigestAlgorithm
    ) throws(LayerError) {
        let pieces: BoundedQueue<Piece> = try kernel("read ahead") { () throws(KernelError) in try BoundedQueue(capacity: 6) }
        let spares: BoundedQueue<Block> = try kernel("read ahead") { () throws(KernelError) in try BoundedQueue(capacity: 16) }
        self.pieces = pieces
        self.spares = spares
        do throws(KernelError) {
            thread = try Self.start(source, limits, digest, diffID, pieces, spares)
        } catch { throw .kernel(error, doing: "read ahead", path: "") }
    }

    deinit {
        pieces.close()
        spares.close()
    }

    private static func start(
        _ source: sending @escaping ByteSource, _ limits: LayerLimits, _ digest: DigestAlgorithm?, _ diffID: DigestAlgorithm,
        _ pieces: BoundedQueue<Piece>, _ spares: BoundedQueue<Block>
    ) throws(KernelError) -> JoinedThread {
        try JoinedThread {
            let decompressor = Decompressor(source, limits: limits, digest: digest, diffID: diffID)
            run(DirectBlocks(decompressor), pieces, spares)
        }
    }

    private static func run(_ blocks: DirectBlocks, _ pieces: BoundedQueue<Piece>, _ spares: BoundedQueue<Block>) {
        do throws(LayerError) {
            while true {
                let block = try blocks.next(after: spares.takeWaiting() ?? Block(bytes: [], count: 0))
                if block.count == 0 { break }
                guard pieces.put(.block(block)) else { return }
            }
            _ = pieces.put(.end(blocks.summary()))
        } catch {
            _ = pieces.put(.failed(error))
        }
    }

    func next(after spent: consuming Block) throws(LayerError) -> Block {
        if ended != nil { return Block(bytes: [], count: 0) }
        if !spent.bytes.isEmpty { _ = spares.put(spent) }
        switch pieces.take() {
        case .block(let block): return block
        case .failed(let error): throw error
        case .end(let summary): ended = summary
        case nil: throw .source(reason: "the thread that reads ahead is gone")
        }
        return Block(bytes: [], count: 0)
    }

    func summary() throws(LayerError) -> StreamSummary {
        guard let ended else { throw .source(reason: "the archive has not been read to its end") }
        return ended
    }
}
