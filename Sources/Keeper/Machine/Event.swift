public import KeeperProtocol
public import LinuxKernel
public import PodRecords

/// What happened, as the machine is told.
public enum Event: Hashable, Sendable {
    /// `ledger` is what its worker's time went to.
    case sandboxMade(addresses: [String], ledger: StartLedger = StartLedger())
    /// A container's root is there.
    case created(container: String)
    case started(container: String, Running)
    case found(container: String, Finding)
    /// A container's init has ended. nil where nobody saw how.
    case ended(container: String, End?)
    /// `message` is what the program left.
    case collected(container: String, message: String)
    case dismantled
    case synced
    case removed
    /// A job did not succeed; nothing of it is left that its repetition would stumble over.
    case failed(Job, message: String, fault: Fault? = nil)
    /// The worker ended before it said what became of a job.
    case lost(Job)
    case request(Request, by: PodRequest.Asker? = nil)
    /// Its log cannot be written, or can be again.
    case logged(container: String, LogTrouble)

    /// A container that runs.
    public struct Running: Hashable, Sendable {
        public var process: ProcessIdentity
        public var memoryEvents: String?
        /// What its worker's time went to; empty where it was found running.
        public var ledger = StartLedger()

        public init(process: ProcessIdentity, memoryEvents: String?, ledger: StartLedger = StartLedger()) {
            self.process = process
            self.memoryEvents = memoryEvents
            self.ledger = ledger
        }
    }

    /// How a container's init ended.
    public struct End: Hashable, Sendable {
        public var status: ExitStatus
        /// What the kernel killed in it for want of memory; nil for nothing.
        public var memory: MemoryKill?

        /// Whether the kernel killed in it for want of memory.
        public var ranOutOfMemory: Bool { memory != nil }

        public init(status: ExitStatus, memory: MemoryKill? = nil) {
            self.status = status
            self.memory = memory
        }
    }

    /// What became of an attempt that nobody watched.
    public enum Finding: Hashable, Sendable {
        case runs(Running)
        /// Its program was never executed, and nothing of it is left.
        case neverRan
        /// It ran, and has ended.
        case hasEnded
    }

    /// What a user of the pod wants.
    public enum Request: Hashable, Sendable {
        case run
        /// Seconds of grace; nil is the plan's.
        case stop(grace: UInt32?)
        case restart(grace: UInt32?)
        case remove(grace: UInt32?)
        /// Run again what the end of the last boot has ended, where its policy says so.
        case recover
        case label([LabelChange])
        /// A sandbox whose containers somebody makes and starts one by one.
        case runSandbox
        case container(String, ContainerRequest)
    }

    /// What somebody wants of one container of the pod.
    public enum ContainerRequest: Hashable, Sendable {
        /// nil is the next attempt.
        case create(attempt: UInt32?)
        case start(isRepeated: Bool)
        /// Seconds of grace; nil is the plan's.
        case stop(grace: UInt32?)
        case remove
    }
}
