public import InitProtocol

/// What a client says to a keeper, one message each, with the protocol's version before it: the one in which its kind came, so that a keeper of that time
/// understands it.
///
/// All but `input`, `inputEnd` and `resize` are requests, of which a connection makes one after the other; each is idempotent, and is answered in the end by
/// `done` or `failed`.
public enum KeeperRequest: Hashable, Sendable {
    /// Run the pod; answered when every container that is no init container has executed its program.
    case run
    /// Stop the pod: its containers, then its sandbox. Seconds of grace; nil is the pod's own. Answered when that is on the disk.
    case stop(grace: UInt32?)
    /// Stop it and run it again; answered as `run`.
    case restart(grace: UInt32?)
    /// Remove it with its volumes and logs, after stopping it.
    case remove(grace: UInt32?)
    /// Answered when the pod has ended or was stopped.
    case waitForEnd
    /// Follow what a container prints from now on, until it ends or the client goes; and write to its stdin, with `takesInput`. Answered by `attached`,
    /// then by `output` messages, then by `ended`. Of a container that has yet to start it is answered by `done` first: from then on nothing that it
    /// prints is missed, and `attached`, behind which there may be input, follows when it runs. Output may come before that.
    case attach(container: String, takesInput: Bool)
    /// Bytes for the stdin of the container that is attached to.
    case input([UInt8])
    /// Nothing more comes.
    case inputEnd
    /// The size of the terminal at which the user sits.
    case resize(rows: UInt16, columns: UInt16)
    /// The container's log was renamed by somebody: go on in a new one.
    case reopenLog(container: String)
    /// Become the program that now lies where the keeper's own did.
    case reexecute
    /// Run the pod again if the end of the machine's last boot was its end too, and its restart policy says so. Answered when it is recorded what follows.
    case recover
    /// Change labels of the pod; answered when that is recorded.
    case label([LabelChange])
    /// Make the pod's sandbox, and start no container by itself from then on. Answered when it is ready. Version 2, as what follows.
    case runSandbox
    /// Make a container of the pod that somebody starts later. nil is the next attempt. Answered when it is there.
    case createContainer(String, attempt: UInt32?)
    /// Start a container that was created; of any other it is an error. `isRepeated` says that the same client has asked before, and heard no answer: then
    /// one that was started meanwhile is what was asked for. Answered when its program was executed.
    case startContainer(String, isRepeated: Bool)
    /// Stop a container. Seconds of grace; nil is the pod's own. Answered when nothing of it runs; at once where nothing does.
    case stopContainer(String, grace: UInt32?)
    /// Take a container away, which is killed where it runs. Its log stays. Answered when nothing is left; at once where nothing is there.
    case removeContainer(String)
}

/// A label that is set, or with nil taken away.
public struct LabelChange: Hashable, WireValue {
    public var key: String
    public var value: String?

    public init(key: String, value: String?) {
        self.key = key
        self.value = value
    }

    public func write(to writer: inout WireWriter) {
        key.write(to: &writer)
        value.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        key = try String(from: &reader)
        value = try String?(from: &reader)
    }
}

extension KeeperRequest {
    /// The newest version that this code speaks: 2 brought the verbs on sandboxes and containers.
    public static let version: UInt16 = 2
    /// The oldest one that it understands.
    public static let oldestVersion: UInt16 = 1
    /// Bytes of one message at most.
    public static let sizeLimit = 64 << 10

    /// With the version before it.
    public var message: [UInt8] {
        var writer = WireWriter(reserving: 64)
        firstVersion.write(to: &writer)
        write(to: &writer)
        return writer.bytes
    }

    /// The version in which its kind came.
    private var firstVersion: UInt16 {
        switch self {
        case .runSandbox, .createContainer, .startContainer, .stopContainer, .removeContainer: 2
        default: 1
        }
    }

    /// What to ask another keeper, where the one that was asked has gone without an answer.
    public var repeated: KeeperRequest {
        if case .startContainer(let name, _) = self { .startContainer(name, isRepeated: true) } else { self }
    }

    /// From a message. nil for one of a version that is not understood.
    public static func read(_ message: [UInt8]) throws(WireError) -> KeeperRequest? {
        var reader = WireReader(message)
        let version = try UInt16(from: &reader)
        guard version >= oldestVersion, version <= Self.version else { return nil }
        let request = try KeeperRequest(from: &reader)
        guard reader.isAtEnd, request.firstVersion <= version else { throw reader.failure }
        return request
    }
}

extension KeeperRequest: WireValue {
    public func write(to writer: inout WireWriter) {
        switch self {
        case .run: UInt8(1).write(to: &writer)
        case .stop(let grace): Self.write(2, grace, &writer)
        case .restart(let grace): Self.write(3, grace, &writer)
        case .remove(let grace): Self.write(4, grace, &writer)
        case .waitForEnd: UInt8(5).write(to: &writer)
        case .attach(let container, let takesInput):
            Self.write(6, container, &writer)
            takesInput.write(to: &writer)
        case .input(let bytes): Self.write(7, WireBytes(bytes), &writer)
        case .inputEnd: UInt8(8).write(to: &writer)
        case .resize(let rows, let columns):
            Self.write(9, rows, &writer)
            columns.write(to: &writer)
        case .reopenLog(let container): Self.write(10, container, &writer)
        case .reexecute: UInt8(11).write(to: &writer)
        case .recover: UInt8(12).write(to: &writer)
        case .label(let changes): Self.write(13, changes, &writer)
        case .runSandbox: UInt8(14).write(to: &writer)
        case .createContainer(let container, let attempt):
            Self.write(15, container, &writer)
            attempt.write(to: &writer)
        case .startContainer(let container, let isRepeated):
            Self.write(16, container, &writer)
            isRepeated.write(to: &writer)
        case .stopContainer(let container, let grace):
            Self.write(17, container, &writer)
            grace.write(to: &writer)
        case .removeContainer(let container): Self.write(18, container, &writer)
        }
    }

    private static func write(_ kind: UInt8, _ value: some WireValue, _ writer: inout WireWriter) {
        kind.write(to: &writer)
        value.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        switch try UInt8(from: &reader) {
        case 1: self = .run
        case 2: self = .stop(grace: try UInt32?(from: &reader))
        case 3: self = .restart(grace: try UInt32?(from: &reader))
        case 4: self = .remove(grace: try UInt32?(from: &reader))
        case 5: self = .waitForEnd
        case 6: self = .attach(container: try String(from: &reader), takesInput: try Bool(from: &reader))
        case 7: self = .input(try WireBytes(from: &reader).bytes)
        case 8: self = .inputEnd
        case 9: self = .resize(rows: try UInt16(from: &reader), columns: try UInt16(from: &reader))
        case 10: self = .reopenLog(container: try String(from: &reader))
        case 11: self = .reexecute
        case 12: self = .recover
        case 13: self = .label(try [LabelChange](from: &reader))
        case 14: self = .runSandbox
        case 15: self = .createContainer(try String(from: &reader), attempt: try UInt32?(from: &reader))
        case 16: self = .startContainer(try String(from: &reader), isRepeated: try Bool(from: &reader))
        case 17: self = .stopContainer(try String(from: &reader), grace: try UInt32?(from: &reader))
        case 18: self = .removeContainer(try String(from: &reader))
        default: throw reader.failure
        }
    }
}
