public import InitProtocol

/// What a worker says of a job, one message for each, in the order of the jobs.
public enum JobReport: Hashable, Sendable {
    case done
    /// `ledger` is what the time went to, as `StartLedger.text`.
    case sandboxMade(addresses: [String], ledger: String = "")
    /// The container's program was executed. With it come the pidfd of its init and, where it has one, the master of its terminal.
    case started(StartedContainer)
    /// The attempt runs. With it comes the pidfd of its init.
    case found(StartedContainer)
    /// The attempt's program was never executed, and nothing of it is left.
    case neverRan
    /// The attempt ran, and has ended.
    case hasEnded
    /// What an attempt left is gone. With the message that its program left.
    case collected(message: String)
    /// `fault` is a `Fault`, or empty.
    case failed(String, fault: String = "")

    /// The init of a container, as it is found again when its pid is another's.
    public struct StartedContainer: Hashable, Sendable {
        public var pid: Int32
        /// Clock ticks since the boot.
        public var startTime: UInt64
        /// The file that counts its kills for want of memory; nil where nobody counts.
        public var memoryEvents: String?
        /// What the time of its start went to, as `StartLedger.text`; empty where it was found running.
        public var ledger: String

        public init(pid: Int32, startTime: UInt64, memoryEvents: String?, ledger: String = "") {
            self.pid = pid
            self.startTime = startTime
            self.memoryEvents = memoryEvents
            self.ledger = ledger
        }
    }
}

extension JobReport: WireValue {
    public func write(to writer: inout WireWriter) {
        switch self {
        case .done: UInt8(1).write(to: &writer)
        case .sandboxMade(let addresses, let ledger):
            UInt8(2).write(to: &writer)
            addresses.write(to: &writer)
            ledger.write(to: &writer)
        case .started(let container):
            UInt8(3).write(to: &writer)
            container.write(to: &writer)
        case .found(let container):
            UInt8(4).write(to: &writer)
            container.write(to: &writer)
        case .neverRan: UInt8(5).write(to: &writer)
        case .hasEnded: UInt8(6).write(to: &writer)
        case .collected(let message):
            UInt8(8).write(to: &writer)
            message.write(to: &writer)
        case .failed(let message, let fault):
            UInt8(7).write(to: &writer)
            message.write(to: &writer)
            fault.write(to: &writer)
        }
    }

    public init(from reader: inout WireReader) throws(WireError) {
        switch try UInt8(from: &reader) {
        case 1: self = .done
        case 2: self = .sandboxMade(addresses: try [String](from: &reader), ledger: try String(from: &reader))
        case 3: self = .started(try StartedContainer(from: &reader))
        case 4: self = .found(try StartedContainer(from: &reader))
        case 5: self = .neverRan
        case 6: self = .hasEnded
        case 7: self = .failed(try String(from: &reader), fault: try String(from: &reader))
        case 8: self = .collected(message: try String(from: &reader))
        default: throw reader.failure
        }
    }
}

extension JobReport.StartedContainer: WireValue {
    public func write(to writer: inout WireWriter) {
        pid.write(to: &writer)
        startTime.write(to: &writer)
        memoryEvents.write(to: &writer)
        ledger.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        pid = try Int32(from: &reader)
        startTime = try UInt64(from: &reader)
        memoryEvents = try String?(from: &reader)
        ledger = try String(from: &reader)
    }
}
