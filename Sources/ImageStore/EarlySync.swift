internal import LinuxKernel
internal import LinuxTypes

/// Has the disk write while blobs still come in and layers are unpacked, so that the sync behind them finds little left to do.
///
/// It says nothing of what is on the disk: only that sync does.
struct EarlySync: ~Copyable {
    /// Between two of them: a load that takes less has none.
    private static let pause = 300

    private let stop: Stop
    private let outcome: BoundedQueue<KernelError?>
    private let thread: JoinedThread

    /// Begins. The caller keeps the store open as long as this value is there.
    init(_ store: FileDescriptor) throws(ImageError) {
        let stop = try kernel { () throws(KernelError) in try Stop() }
        let outcome: BoundedQueue<KernelError?> = try kernel { () throws(KernelError) in try BoundedQueue(capacity: 1) }
        thread = try kernel { () throws(KernelError) in try Self.start(store, stop, outcome) }
        self.stop = stop
        self.outcome = outcome
    }

    deinit { stop.set() }

    /// Waits for the last one. An error of any of them is thrown here: the kernel tells it once, and the sync that counts would not see it.
    consuming func end() throws(ImageError) {
        stop.set()
        if let error = outcome.take() ?? nil { throw .kernel(error) }
    }

    private static func start(
        _ store: FileDescriptor, _ stop: Stop, _ outcome: BoundedQueue<KernelError?>
    ) throws(KernelError) -> JoinedThread {
        try JoinedThread {
            do throws(KernelError) {
                while try !stop.isSet(within: pause) { try store.synchronizeFileSystem(subject: "images") }
                _ = outcome.put(nil)
            } catch {
                _ = outcome.put(error)
            }
        }
    }

    /// What the thread waits for.
    private final class Stop: Sendable {
        private let flag = Flag()
        private let counter: EventCounter

        init() throws(KernelError) { counter = try EventCounter() }

        func set() {
            flag.set()
            // An eventfd takes a one; if it did not, the thread would see the flag a little later.
            do throws(KernelError) { try counter.add() } catch {}
        }

        func isSet(within milliseconds: Int) throws(KernelError) -> Bool {
            if flag.isSet { return true }
            var entries = [PollEntry(counter.descriptor)]
            return try waitUntilReady(&entries, milliseconds: milliseconds)
        }
    }
}
