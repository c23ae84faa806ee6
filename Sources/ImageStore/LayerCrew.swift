internal import ImageLayers
internal import LinuxKernel
internal import LinuxTypes

/// Layers that are unpacked side by side, and while blobs still come in: each in a thread of its own, no more at once than there are processors.
///
/// Threads share no more than the open store's descriptor; observer, locks and journal stay with the thread that owns the store.
final class LayerCrew {
    /// In the order in which they were begun.
    private(set) var jobs: [Job] = []
    /// How many of the first are known to have ended.
    private var ended = 0
    private let places: Int
    private let isGivenUp = Flag()

    /// Each holds ten megabytes of blocks, and a zstd stream's window: hence not as many as a large machine has processors.
    private static let mostAtOnce = 4

    init() {
        places = min(Self.mostAtOnce, usableProcessors())
    }

    /// Those that still run end at their next read, and are waited for.
    deinit { isGivenUp.set() }

    /// Begins with a layer, once there is a place for it.
    func begin(_ unpacking: LayerUnpacking) throws(ImageError) {
        if jobs.count - ended >= places {
            jobs[ended].wait()
            ended += 1
        }
        jobs.append(try Job(unpacking, isGivenUp))
    }

    /// One layer, its thread and what comes of it.
    final class Job {
        let unpacking: LayerUnpacking
        private let outcome: BoundedQueue<Result<LayerArrival, ImageError>>
        private var thread: JoinedThread?

        fileprivate init(_ unpacking: LayerUnpacking, _ isGivenUp: Flag) throws(ImageError) {
            self.unpacking = unpacking
            do throws(KernelError) {
                outcome = try BoundedQueue(capacity: 1)
                thread = try Self.start(unpacking, isGivenUp, outcome)
            } catch { throw .kernel(error) }
        }

        private static func start(
            _ unpacking: LayerUnpacking, _ isGivenUp: Flag, _ outcome: BoundedQueue<Result<LayerArrival, ImageError>>
        ) throws(KernelError) -> JoinedThread {
            try JoinedThread {
                let result: Result<LayerArrival, ImageError>
                do throws(ImageError) { result = .success(try unpacking.run(isGivenUp)) } catch { result = .failure(error) }
                _ = outcome.put(result)
            }
        }

        func wait() { thread = nil }

        /// Waits for it. To be asked once.
        func result() throws(ImageError) -> LayerArrival {
            guard let result = outcome.take() else { preconditionFailure("a thread ended without a result") }
            return try result.get()
        }
    }
}
