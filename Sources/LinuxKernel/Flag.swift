import Synchronization

/// What one thread tells others once, and they look at now and then.
public final class Flag: Sendable {
    private let flag = Atomic(false)

    public init() {}

    public func set() { flag.store(true, ordering: .relaxed) }
    public var isSet: Bool { flag.load(ordering: .relaxed) }
}
