public import Digests
public import StrictTree

/// Whether an image may be used, and why.
public struct TrustVerdict: Hashable, Sendable {
    /// The image's whole name, or what else it was called by.
    public var image: String
    /// Of its manifest.
    public var digest: Digest
    public var isAccepted: Bool
    public var rule: Rule
    /// How many keys must have signed, and of how many; nil where the rule asks for no signature.
    public var needed: Count?
    /// Keys that have signed this image, under the right name.
    public var signers: [TrustedKey]
    /// Signatures that do not count.
    public var discounted: [Discounted]

    /// So many keys, of so many.
    public struct Count: Hashable, Sendable {
        public var atLeast: Int
        public var of: Int
    }

    /// What decided.
    public struct Rule: Hashable, Sendable {
        /// nil for what holds where no rule does.
        public var pattern: NamePattern?
        /// The policy's file; nil where there is no policy.
        public var source: String?
        public var position: Position?
        /// The keys that somebody asked for, instead of a policy.
        public var isRequest = false
    }

    /// A signature that does not count, and why.
    public struct Discounted: Hashable, Sendable {
        public var place: String
        public var reason: String
    }

    init(image: String, digest: Digest, rule: Rule) {
        self.image = image
        self.digest = digest
        isAccepted = false
        self.rule = rule
        signers = []
        discounted = []
    }
}

extension TrustVerdict.Rule: CustomStringConvertible {
    /// As `the rule 'registry.example/team/*' (/etc/hull/trust.json, line 4, column 9)`.
    public var description: String {
        guard let source else { return "there is no trust policy" }
        if isRequest { return source }
        guard let pattern else { return "what holds for the rest (\(source))" }
        return "the rule '\(pattern)' (\(source)\(position.map { ", \($0)" } ?? ""))"
    }
}

extension TrustVerdict: CustomStringConvertible {
    /// One line: the verdict, the rule, and what was asked for.
    public var description: String {
        if rule.source == nil { return "accepted: \(rule)" }
        return (isAccepted ? "accepted by " : "rejected by ") + "\(rule)" + (needed.map { ": \(count($0))" } ?? "")
    }

    private func count(_ needed: Count) -> String {
        let one = signers.isEmpty ? "its key has not signed" : "its key has signed"
        let many = "\(signers.count) of its \(needed.of) keys \(signers.count == 1 ? "has" : "have") signed"
        if isAccepted { return needed.of == 1 ? one : many }
        let signed = needed.of == 1 ? one : "\(many), \(needed.atLeast) must"
        let found = discounted.isEmpty && signers.isEmpty ? ", and there is no signature beside the image" : ""
        let reason = discounted.first.map { "; \($0.place): \($0.reason)" } ?? ""
        let more = discounted.count > 1 ? " (and \(discounted.count - 1) more)" : ""
        return "\(signed)\(found)\(reason)\(more)"
    }
}
