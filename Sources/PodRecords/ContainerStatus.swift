public import LinuxKernel
public import StrictTree

/// What is recorded of one container of a pod: its last attempt to run, and how the one before ended.
public struct ContainerStatus: Equatable, Sendable {
    public enum State: String, CaseIterable, Sendable {
        /// Not started, or waiting to be started again.
        case waiting
        /// Being made or started: the attempt may exist or not.
        case creating
        /// Its root is there, and it waits for somebody who starts it. Only who asked for that makes one.
        case created
        /// Its program was executed.
        case running
        case terminated
    }

    /// What somebody has asked of it. Then it is no business of the manifest's any more: neither started nor restarted by itself, nor a reason for its pod to
    /// end.
    public enum Goal: String, CaseIterable, Sendable {
        case created, running, stopped, removed
    }

    public var name: String
    public var state = State.waiting
    /// nil for what the manifest wants.
    public var goal: Goal?
    /// Who asked for that; nil where nobody has, or the pod was asked for something since.
    public var request: PodRequest?
    /// The number of the attempt that is to be created once the one before is gone; nil where none is.
    public var nextAttempt: UInt32?
    /// Counts the attempts to run it: 0 is the first. Each is another container, with an id and a cgroup of its own, and runs at most once.
    public var attempt: UInt32 = 0
    /// Whether what the attempt left in the kernel and in the store is gone.
    public var isCollected = true
    /// The container's init, while it runs.
    public var process: ProcessIdentity?
    /// The file that counts its kills for want of memory; nil where nobody counts.
    public var memoryEvents: String?
    /// Whether its program, in whichever attempt, was executed since the sandbox was made.
    public var hasStarted = false
    /// When the program was executed; nanoseconds since 1970.
    public var startedAt: Int64?
    /// How it ended; nil before.
    public var termination: Termination?
    /// How the attempt before this one ended.
    public var lastTermination: Termination?
    /// Why it waits: one word, as `CrashLoopBackOff`.
    public var reason = ""
    /// The same for people.
    public var message = ""
    /// How often it was started again.
    public var restartCount: UInt32 = 0
    /// How long the next back-off is at least, in seconds; 0 for none.
    public var backOff: UInt32 = 0
    /// What became of its log; nil where that was written as it should be.
    public var log: LogTrouble?
    /// What the time of the last start went to.
    public var ledger = StartLedger()

    public init(name: String) { self.name = name }

    /// How an attempt ended.
    public struct Termination: Hashable, Sendable {
        /// 128 and the number of the signal where one killed it; nil where nobody saw it end.
        public var exitCode: Int32?
        /// The signal that killed it; nil for none.
        public var signal: Int32?
        /// `Completed`, `Error`, `OOMKilled`, `StartError`, `ContainerStatusUnknown`.
        public var reason: String
        public var message: String
        /// Nanoseconds since 1970; nil for what never ran.
        public var startedAt: Int64?
        public var finishedAt: Int64
        /// Who or what ended it; nil in records of older versions.
        public var cause: TerminationCause?
        /// Why it could not be started; nil where it was, or where there is no word for it.
        public var fault: Fault?
        /// What the kernel said where it ran out of memory.
        public var memory: MemoryKill?
        /// Who had asked for the end that the keeper brought about; nil for any other.
        public var request: PodRequest?

        public init(
            exitCode: Int32?, signal: Int32? = nil, reason: String, message: String = "", startedAt: Int64?, finishedAt: Int64
        ) {
            self.exitCode = exitCode
            self.signal = signal
            self.reason = reason
            self.message = message
            self.startedAt = startedAt
            self.finishedAt = finishedAt
        }

        /// Whether it ended as it should.
        public var isSuccess: Bool { exitCode == 0 }
    }
}

extension ContainerStatus {
    /// One JSON object.
    public var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("name", name)
            json.member("state", state.rawValue)
            json.member("goal", goal?.rawValue)
            if let request { json.object("request") { request.write(to: &$0) } }
            json.member("attempt", attempt)
            json.member("nextAttempt", nextAttempt)
            json.member("collected", isCollected)
            json.member("process", process)
            json.member("memoryEvents", memoryEvents)
            if hasStarted { json.member("hasStarted", true) }
            json.member("startedAt", startedAt)
            Self.write(termination, "termination", &json)
            Self.write(lastTermination, "lastTermination", &json)
            json.member("reason", text: reason)
            json.member("message", text: message)
            json.member("restartCount", restartCount)
            if backOff > 0 { json.member("backOff", backOff) }
            if let log { json.object("log") { log.write(to: &$0) } }
            if !ledger.isEmpty { json.member("ledger", ledger.text) }
        }
        return json.bytes
    }

    private static func write(_ termination: Termination?, _ key: String, _ json: inout JSONWriter) {
        guard let termination else { return }
        json.object(key) { json in
            json.member("exitCode", termination.exitCode)
            json.member("signal", termination.signal)
            json.member("reason", termination.reason)
            json.member("message", text: termination.message)
            json.member("startedAt", termination.startedAt)
            json.member("finishedAt", termination.finishedAt)
            json.member("cause", termination.cause?.rawValue)
            json.member("fault", termination.fault?.rawValue)
            if let memory = termination.memory { json.object("memory") { memory.write(to: &$0) } }
            if let request = termination.request { json.object("request") { request.write(to: &$0) } }
        }
    }

    public init(json bytes: [UInt8]) throws(TreeError) {
        var fields = try Fields(Document(json: bytes).root)
        name = try fields.required("name").string
        state = try fields.required("state").word()
        goal = try fields.optional("goal").map { value throws(TreeError) in try value.word() }
        request = try fields.optional("request").map { value throws(TreeError) in try PodRequest(value) }
        attempt = try fields.uint32("attempt") ?? 0
        nextAttempt = try fields.uint32("nextAttempt")
        isCollected = try fields.bool("collected") ?? true
        process = try fields.optional("process")?.processIdentity
        memoryEvents = try fields.string("memoryEvents")
        hasStarted = try fields.bool("hasStarted") ?? false
        startedAt = try fields.int64("startedAt")
        termination = try Self.termination(fields.optional("termination"))
        lastTermination = try Self.termination(fields.optional("lastTermination"))
        reason = try fields.string("reason") ?? ""
        message = try fields.string("message") ?? ""
        restartCount = try fields.uint32("restartCount") ?? 0
        backOff = try fields.uint32("backOff") ?? 0
        log = try fields.optional("log").map { value throws(TreeError) in try LogTrouble(value) }
        ledger = StartLedger(try fields.string("ledger") ?? "")
    }

    private static func termination(_ value: Value?) throws(TreeError) -> Termination? {
        guard let value else { return nil }
        var fields = try Fields(value)
        var termination = Termination(
            exitCode: try fields.optional("exitCode")?.integer(in: 0...Int32.max),
            signal: try fields.optional("signal")?.integer(in: 0...Int32.max), reason: try fields.required("reason").string,
            message: try fields.string("message") ?? "", startedAt: try fields.int64("startedAt"),
            finishedAt: try fields.required("finishedAt").integer)
        // A word of a newer version says nothing here.
        termination.cause = try fields.string("cause").flatMap(TerminationCause.init)
        termination.fault = try fields.string("fault").flatMap(Fault.init)
        termination.memory = try fields.optional("memory").map { value throws(TreeError) in try MemoryKill(value) }
        termination.request = try fields.optional("request").map { value throws(TreeError) in try PodRequest(value) }
        return termination
    }
}
