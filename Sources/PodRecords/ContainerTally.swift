internal import StrictTree

/// What a list shows of a pod's containers. It stands in the sandbox's record, so that a list reads one record of each pod.
public struct ContainerTally: Hashable, Sendable {
    /// Containers that are to run together: all but the init containers.
    public var main: UInt32 = 0
    /// How many of these run.
    public var running: UInt32 = 0
    /// Restarts of all containers.
    public var restarts: UInt64 = 0
    /// The one word that is most worth knowing while the sandbox is ready, as `CrashLoopBackOff`; empty where nothing happened yet.
    public var word = ""
    /// Why the first container failed that did, as `OOMKilled`; empty where none has.
    public var failure = ""

    public init() {}

    /// Of the containers of a plan, as far as they were heard of.
    public init(_ plan: PodPlan, _ statuses: [ContainerStatus]) {
        for container in plan.containers where !container.isInit {
            main += 1
            if statuses.contains(where: { $0.name == container.name && $0.state == .running }) { running += 1 }
        }
        restarts = statuses.reduce(0) { $0 + UInt64($1.restartCount) }
        word = Self.word(statuses)
        failure = statuses.lazy.compactMap(\.termination).first { !$0.isSuccess }?.reason ?? ""
    }

    private static func word(_ statuses: [ContainerStatus]) -> String {
        if let waiting = statuses.first(where: { $0.state == .waiting && !$0.reason.isEmpty }) { return waiting.reason }
        if statuses.contains(where: { $0.state == .running }) { return "Running" }
        return statuses.first { $0.state == .creating || $0.state == .created }?.reason ?? ""
    }

    func write(to json: inout JSONWriter) {
        json.member("main", main)
        json.member("running", running)
        json.member("restarts", restarts)
        if !word.isEmpty { json.member("word", word) }
        if !failure.isEmpty { json.member("failure", failure) }
    }

    init(_ value: Value) throws(TreeError) {
        var fields = try Fields(value)
        main = try fields.uint32("main") ?? 0
        running = try fields.uint32("running") ?? 0
        restarts = try fields.optional("restarts")?.integer(in: 0...UInt64.max) ?? 0
        word = try fields.string("word") ?? ""
        failure = try fields.string("failure") ?? ""
    }
}
