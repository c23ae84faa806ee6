public import InitProtocol

/// What a keeper leaves to a worker, since it may block. Each may be done again where it is not known how far it came.
public enum Job: Hashable, Sendable {
    /// Make the sandbox: namespaces, cgroup, volumes, network. What is left of another try is taken away first.
    case makeSandbox
    /// Make the root of an attempt to run a container, and see that it could be started. One that fails leaves nothing.
    case create(container: String, attempt: UInt32)
    /// Start an attempt to run a container, whose root is made where it was not created before. One that fails leaves nothing. With it come the container's standard streams, unless it has a terminal.
    case start(container: String, attempt: UInt32)
    /// Find out what became of an attempt whose worker was killed.
    case find(container: String, attempt: UInt32)
    /// Take away what an attempt that has ended left: processes, cgroup, root.
    case collect(container: String, attempt: UInt32)
    /// Take the sandbox apart. Volumes and logs stay.
    case dismantle
    /// See that all that was recorded is on the disk.
    case sync
    /// Remove what is left of the pod, its records last.
    case remove
}

extension Job: WireValue {
    public func write(to writer: inout WireWriter) {
        switch self {
        case .makeSandbox: UInt8(1).write(to: &writer)
        case .start(let container, let attempt): Self.write(2, container, attempt, &writer)
        case .find(let container, let attempt): Self.write(3, container, attempt, &writer)
        case .collect(let container, let attempt): Self.write(4, container, attempt, &writer)
        case .dismantle: UInt8(5).write(to: &writer)
        case .sync: UInt8(6).write(to: &writer)
        case .remove: UInt8(7).write(to: &writer)
        case .create(let container, let attempt): Self.write(8, container, attempt, &writer)
        }
    }

    private static func write(_ kind: UInt8, _ container: String, _ attempt: UInt32, _ writer: inout WireWriter) {
        kind.write(to: &writer)
        container.write(to: &writer)
        attempt.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        switch try UInt8(from: &reader) {
        case 1: self = .makeSandbox
        case 2: self = .start(container: try String(from: &reader), attempt: try UInt32(from: &reader))
        case 3: self = .find(container: try String(from: &reader), attempt: try UInt32(from: &reader))
        case 4: self = .collect(container: try String(from: &reader), attempt: try UInt32(from: &reader))
        case 5: self = .dismantle
        case 6: self = .sync
        case 7: self = .remove
        case 8: self = .create(container: try String(from: &reader), attempt: try UInt32(from: &reader))
        default: throw reader.failure
        }
    }
}
