public import ImageSpec

/// Which images may be used: rules by name, and what holds for the rest.
public struct TrustPolicy: Hashable, Sendable {
    /// The file, or what else it is made of; nil where there is no policy at all.
    public var source: String?
    /// What is asked of an image that no rule is for.
    public var fallback: TrustRequirement
    /// No two with one pattern.
    public var rules: [TrustRule]

    init(source: String?, fallback: TrustRequirement, rules: [TrustRule] = []) {
        self.source = source
        self.fallback = fallback
        self.rules = rules
    }

    /// That of a machine without one: every image is accepted.
    public static let absent = TrustPolicy(source: nil, fallback: .accept)

    /// One for every image: the signatures that somebody asks for.
    public init(requiring signatures: RequiredSignatures, source: String) {
        self.init(source: source, fallback: .signedBy(signatures))
    }

    /// The most specific rule for a name; nil where there is none. What has no name has no rule.
    public func rule(for reference: ImageReference?) -> TrustRule? {
        guard let reference else { return nil }
        return rules.filter { $0.pattern.matches(reference) }.max { $0.pattern.specificity < $1.pattern.specificity }
    }
}
