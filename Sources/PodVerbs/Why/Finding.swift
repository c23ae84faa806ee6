import PodRecords

/// Why one container, or the pod itself, is as it is.
public struct Finding: Hashable, Sendable {
    /// One thing that speaks for it.
    public struct Evidence: Hashable, Sendable {
        /// What it is about: `exit`, `sender`, `memory`, `message`, `time`, `cgroup`, `restart`, `request`, `process`, `log`.
        public var kind: String
        public var text: String
    }

    /// nil for the pod.
    public var container: String?
    public var attempt: UInt32?
    /// One stable word.
    public var word: String
    /// The same in a sentence.
    public var summary: String
    public var evidence: [Evidence] = []
    /// What a person can do; empty where there is nothing to do, or nobody knows.
    public var remedy: String
    /// The last lines of its log.
    public var log: [String] = []
    /// Whether something is wrong.
    public var isTrouble: Bool

    public init(_ word: String, _ summary: String, of container: String? = nil, isTrouble: Bool = true) {
        self.word = word
        self.summary = summary
        self.container = container
        self.isTrouble = isTrouble
        remedy = Remedies.texts[word] ?? ""
    }

    mutating func add(_ kind: String, _ text: String) {
        if !text.isEmpty { evidence.append(Evidence(kind: kind, text: text)) }
    }

    /// Who asked for it, and when.
    mutating func add(_ request: PodRequest?) {
        if let request { add("request", "\(request.text) at \(request.at.rfc3339)") }
    }
}
