public import Journal

/// One thing that happened, as the journal's history tells it: what became of which object, and why.
public struct PodChange: Hashable, Sendable {
    public enum Object: String, CaseIterable, Sendable {
        case pod, container, image, volume, configmap, secret
        /// A pod that `hull run` refused: there is nothing of it but this.
        case refusal
    }

    /// Several may have one revision: what was written at once.
    public var revision: Revision
    /// By the writer's clock; nanoseconds since 1970. 0 where only the state is retained, not when it began.
    public var time: Int64
    public var object: Object
    public var namespace = ""
    /// Of the pod, where it is a container's.
    public var name = ""
    public var uid: PodUID?
    public var container: String?
    public var attempt: UInt32?
    /// One stable word, as `Started`.
    public var word: String
    /// Who or what brought it about; empty where nobody knows.
    public var cause = ""
    /// More, for people.
    public var message = ""

    public init(_ object: Object, _ word: String, cause: String = "", message: String = "", at revision: Revision, time: Int64) {
        self.object = object
        self.word = word
        self.cause = cause
        self.message = message
        self.revision = revision
        self.time = time
    }
}
