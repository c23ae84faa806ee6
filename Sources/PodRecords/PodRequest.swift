internal import StrictTree

/// Who asked last for something that changed what is wanted of a pod, or of one container.
public struct PodRequest: Hashable, Sendable {
    public enum Verb: String, CaseIterable, Sendable {
        case run, stop, restart, remove, recover, runSandbox
        case createContainer, startContainer, stopContainer, removeContainer

        /// As people ask for it.
        fileprivate var words: String {
            switch self {
            case .run, .stop, .restart, .recover: rawValue
            case .remove: "rm"
            case .runSandbox: "run --sandbox"
            case .createContainer: "container create"
            case .startContainer: "container start"
            case .stopContainer: "container stop"
            case .removeContainer: "container rm"
            }
        }
    }

    /// The process at the other end of the keeper's socket.
    public struct Asker: Hashable, Sendable {
        public var pid: Int32
        public var uid: UInt32

        public init(pid: Int32, uid: UInt32) {
            self.pid = pid
            self.uid = uid
        }
    }

    public var verb: Verb
    /// nil where nobody said.
    public var asker: Asker?
    /// Seconds between stop signal and kill that were asked for; nil is the pod's own.
    public var grace: UInt32?
    /// Nanoseconds since 1970.
    public var at: Int64

    public init(_ verb: Verb, by asker: Asker?, grace: UInt32? = nil, at moment: Int64) {
        self.verb = verb
        self.asker = asker
        self.grace = grace
        at = moment
    }

    /// As `hull stop -t 5 (pid 812, uid 0)`.
    public var text: String {
        let time = grace.map { " -t \($0)" } ?? ""
        return "hull \(verb.words)\(time)" + (asker.map { " (pid \($0.pid), uid \($0.uid))" } ?? "")
    }

    func write(to json: inout JSONWriter) {
        json.member("verb", verb.rawValue)
        json.member("pid", asker?.pid)
        json.member("uid", asker?.uid)
        json.member("grace", grace)
        json.member("at", at)
    }

    init(_ value: Value) throws(TreeError) {
        var fields = try Fields(value)
        verb = try fields.required("verb").word()
        let uid = try fields.uint32("uid")
        if let pid: Int32 = try fields.optional("pid")?.integer(in: 0...Int32.max) { asker = Asker(pid: pid, uid: uid ?? 0) }
        grace = try fields.uint32("grace")
        at = try fields.required("at").integer
    }
}
