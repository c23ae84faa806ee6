public import LinuxKernel
public import StrictTree

/// What is recorded of a pod's sandbox. Its keeper is the only one who writes it, once it is there.
public struct SandboxRecord: Equatable, Sendable {
    /// How far the sandbox is.
    public enum Phase: String, CaseIterable, Sendable {
        /// Nothing has been made yet.
        case pending
        /// Being made, and perhaps half there.
        case making
        /// Namespaces, cgroup and volumes are there.
        case ready
        /// Being taken apart, and perhaps half gone.
        case stopping
        /// Nothing of it is in the kernel any more. Volumes and logs stay until the pod is removed.
        case stopped
    }

    /// What its user wants of it.
    public enum Goal: String, CaseIterable, Sendable {
        case running, stopped, removed
        /// Stopped, and then running again.
        case restarted
    }

    public var uid: PodUID
    public var name: String
    public var namespace: String
    public var labels: [Label]
    public var phase: Phase
    public var goal: Goal
    /// The boot in which it was last made. What an older boot made is gone.
    public var bootID: String
    /// Nanoseconds since 1970.
    public var createdAt: Int64
    /// When the sandbox became ready; nil before.
    public var startedAt: Int64?
    /// When it was stopped; nil before.
    public var finishedAt: Int64?
    /// One word for why it is as it is, as `Failed`; empty where there is nothing to say.
    public var reason = ""
    /// The same for people.
    public var message = ""
    /// Its keeper; nil while it has none.
    public var keeper: ProcessIdentity?
    /// Of its network; empty without one of its own.
    public var addresses: [String] = []
    /// Which network it gets, as `PodPlan.network`; empty where nobody has said.
    public var network = ""
    /// Who changed last what is wanted of it; nil where nobody but itself has.
    public var request: PodRequest?
    /// Who asked for the end that it is coming to, or has come to: nobody who asks for something later. nil where it ends by itself.
    public var stopRequest: PodRequest?
    /// Why its sandbox could not be made; nil where it was, or where there is no word for it.
    public var fault: Fault?
    /// What the time of its last start went to, from the first record of it to the last of its containers, as `StartLedger.text`: a list of pods takes
    /// none of them apart.
    public var ledger = ""
    /// Whether it was to run when the machine went down, and nobody has said since what is to become of it.
    public var awaitsRecovery = false
    /// Whether its containers are made and started one by one, as somebody asks, and not as its manifest says.
    public var isStepwise = false
    /// Whether its containers wait until somebody asks to run it, who wants to be attached to one of them by then.
    public var awaitsRun = false
    /// Of its containers, whose own records say more.
    public var tally = ContainerTally()

    public init(
        uid: PodUID, name: String, namespace: String, labels: [Label], bootID: String, createdAt: Int64, phase: Phase = .pending,
        goal: Goal = .running
    ) {
        self.uid = uid
        self.name = name
        self.namespace = namespace
        self.labels = labels
        self.bootID = bootID
        self.createdAt = createdAt
        self.phase = phase
        self.goal = goal
    }

    /// As people write it: `NAMESPACE/NAME`.
    public var fullName: String { namespace + "/" + name }

    /// The labels by their keys.
    public var labelValues: [String: String] { Dictionary(labels.map { ($0.key, $0.value) }) { first, _ in first } }

    /// A label of the pod.
    public struct Label: Hashable, Sendable {
        public let key: String
        public let value: String

        public init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }
}

extension SandboxRecord {
    /// One JSON object.
    public var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("uid", uid.string)
            json.member("name", name)
            json.member("namespace", namespace)
            json.object("labels") { json in for label in labels { json.member(label.key, label.value) } }
            json.member("phase", phase.rawValue)
            json.member("goal", goal.rawValue)
            json.member("boot", bootID)
            json.member("createdAt", createdAt)
            json.member("startedAt", startedAt)
            json.member("finishedAt", finishedAt)
            json.member("reason", text: reason)
            json.member("message", text: message)
            json.member("keeper", keeper)
            if !addresses.isEmpty { json.member("addresses", addresses) }
            if !network.isEmpty { json.member("network", network) }
            if let request { json.object("request") { request.write(to: &$0) } }
            if let stopRequest { json.object("stopRequest") { stopRequest.write(to: &$0) } }
            json.member("fault", fault?.rawValue)
            if !ledger.isEmpty { json.member("ledger", ledger) }
            if awaitsRecovery { json.member("awaitsRecovery", true) }
            if isStepwise { json.member("stepwise", true) }
            if awaitsRun { json.member("awaitsRun", true) }
            json.object("containers") { json in tally.write(to: &json) }
        }
        return json.bytes
    }

    public init(json bytes: [UInt8]) throws(TreeError) {
        var fields = try Fields(Document(json: bytes).root)
        uid = try fields.required("uid").podUID
        name = try fields.required("name").string
        namespace = try fields.required("namespace").string
        labels = []
        if let members = try fields.optional("labels")?.members {
            for member in members { labels.append(Label(key: try member.key, value: try member.value.string)) }
        }
        phase = try fields.required("phase").word()
        goal = try fields.required("goal").word()
        bootID = try fields.required("boot").string
        createdAt = try fields.required("createdAt").integer
        startedAt = try fields.int64("startedAt")
        finishedAt = try fields.int64("finishedAt")
        reason = try fields.string("reason") ?? ""
        message = try fields.string("message") ?? ""
        keeper = try fields.optional("keeper")?.processIdentity
        addresses = try fields.strings("addresses")
        network = try fields.string("network") ?? ""
        request = try fields.optional("request").map { value throws(TreeError) in try PodRequest(value) }
        stopRequest = try fields.optional("stopRequest").map { value throws(TreeError) in try PodRequest(value) }
        fault = try fields.string("fault").flatMap(Fault.init)
        ledger = try fields.string("ledger") ?? ""
        awaitsRecovery = try fields.bool("awaitsRecovery") ?? false
        isStepwise = try fields.bool("stepwise") ?? false
        awaitsRun = try fields.bool("awaitsRun") ?? false
        if let counted = fields.optional("containers") { tally = try ContainerTally(counted) }
    }
}
