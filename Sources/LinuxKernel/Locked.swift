import Synchronization

/// A value that several threads may change, one after the other.
public final class Locked<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    public init(_ value: Value) { state = Mutex(value) }

    /// The value, as whoever changed it last has left it.
    public var value: Value { state.withLock { $0 } }

    /// Changes it, while nobody else does.
    public func change(_ body: (inout Value) -> Void) { state.withLock { body(&$0) } }
}
