import CLinux
import Glibc
import LinuxTypes
import Synchronization

/// A queue between two threads with room for a few elements: one puts, and waits where there is no room; the other takes, and waits where there
/// is nothing.
public final class BoundedQueue<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let filled: Semaphore
    private let room: Semaphore

    /// Room for `capacity` elements.
    public init(capacity: Int) throws(KernelError) {
        filled = try Semaphore(0)
        room = try Semaphore(capacity)
    }

    /// Waits for room and appends. false where the queue is closed: there is no use in more.
    public func put(_ element: Element) -> Bool {
        guard room.wait() else { return false }
        let isOpen = state.withLock { state in
            if !state.isClosed { state.elements.append(element) }
            return !state.isClosed
        }
        filled.post()
        return isOpen
    }

    /// Waits for the next element; nil where the queue is closed.
    public func take() -> Element? {
        guard filled.wait() else { return nil }
        let element = state.withLock { $0.elements.isEmpty ? nil : $0.elements.removeFirst() }
        room.post()
        return element
    }

    /// The next element where there is one, without waiting.
    public func takeWaiting() -> Element? { state.withLock { $0.elements.isEmpty } ? nil : take() }

    /// Nobody waits any more, on either side, and what is in the queue is dropped.
    public func close() {
        state.withLock {
            $0.isClosed = true
            $0.elements = []
        }
        room.post()
        filled.post()
    }
}

/// A counter that waits, `eventfd(2)` with `EFD_SEMAPHORE`.
private struct Semaphore: ~Copyable, Sendable {
    private let counter: OwnedDescriptor

    init(_ count: Int) throws(KernelError) {
        counter = OwnedDescriptor(try check("eventfd2", "", systemCall(__NR_eventfd2, count, Int(O_CLOEXEC) | 1)))
    }

    /// false where the kernel will not wait, which it never says of an eventfd that is open.
    func wait() -> Bool {
        var one: UInt64 = 0
        while true {
            let result = withUnsafeMutablePointer(to: &one) {
                systemCall(__NR_read, counter.descriptor.argument, address($0), 8)
            }
            if result != -Int(Errno.EINTR.rawValue) { return result == 8 }
        }
    }

    func post() {
        var one: UInt64 = 1
        _ = withUnsafeMutablePointer(to: &one) { systemCall(__NR_write, counter.descriptor.argument, address($0), 8) }
    }
}
