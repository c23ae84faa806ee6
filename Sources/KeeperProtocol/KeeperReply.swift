public import InitProtocol

/// What a keeper says to a client.
public enum KeeperReply: Hashable, Sendable {
    /// What was asked for is so.
    case done
    /// It is not, and why.
    case failed(String)
    /// A line for people, while they wait.
    case note(String)
    /// The container that was attached to runs, and takes input.
    case attached(hasTerminal: Bool)
    /// What the container printed. A client that is too slow for it is dropped.
    case output(stream: UInt8, [UInt8])
    /// The container that was attached to has ended. nil where nobody saw how.
    case ended(exitCode: Int32?)
}

extension KeeperReply {
    public static let stdout: UInt8 = 1
    public static let stderr: UInt8 = 2
    /// Bytes of output in one message at most.
    public static let outputLimit = 32 << 10
}

extension KeeperReply: WireValue {
    public func write(to writer: inout WireWriter) {
        switch self {
        case .done: UInt8(1).write(to: &writer)
        case .failed(let message):
            UInt8(2).write(to: &writer)
            message.write(to: &writer)
        case .note(let line):
            UInt8(3).write(to: &writer)
            line.write(to: &writer)
        case .attached(let hasTerminal):
            UInt8(4).write(to: &writer)
            hasTerminal.write(to: &writer)
        case .output(let stream, let bytes):
            UInt8(5).write(to: &writer)
            stream.write(to: &writer)
            WireBytes(bytes).write(to: &writer)
        case .ended(let exitCode):
            UInt8(6).write(to: &writer)
            exitCode.write(to: &writer)
        }
    }

    public init(from reader: inout WireReader) throws(WireError) {
        switch try UInt8(from: &reader) {
        case 1: self = .done
        case 2: self = .failed(try String(from: &reader))
        case 3: self = .note(try String(from: &reader))
        case 4: self = .attached(hasTerminal: try Bool(from: &reader))
        case 5: self = .output(stream: try UInt8(from: &reader), try WireBytes(from: &reader).bytes)
        case 6: self = .ended(exitCode: try Int32?(from: &reader))
        default: throw reader.failure
        }
    }
}
