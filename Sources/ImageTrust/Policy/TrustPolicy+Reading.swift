import ImageSpec
public import StrictTree

/// Why a key that a policy names could not be read.
public struct KeyFileError: Error, Hashable, Sendable {
    public var reason: String

    public init(_ reason: String) { self.reason = reason }
}

extension TrustPolicy {
    /// Bytes of a policy.
    public static let sizeLimit = 1 << 20
    private static let ruleLimit = 10_000
    private static let keyLimit = 100

    /// Reads a policy. What is not understood is refused, with its JSON pointer and line: a rule that was meant and does not hold is worse than none.
    ///
    /// `source` is its name in messages; `keyFile` gives the bytes of a key that it names by path. All keys are read, so that a missing one is found
    /// now and not when the first image needs it.
    public init(
        json: [UInt8], source: String, keyFile: (String) throws(KeyFileError) -> [UInt8]
    ) throws(TreeError) {
        let limits = Limits(maxBytes: Self.sizeLimit, maxDepth: 16, maxNodes: 1 << 17)
        var fields = try Fields(try Document(json: json, limits: limits).root)
        let fallback = try Self.decision(try fields.required("default"))
        var rules: [TrustRule] = []
        var seen: [NamePattern: TrustRule] = [:]
        if let list = fields.optional("rules") {
            let elements = try list.array
            guard elements.count <= Self.ruleLimit else {
                throw list.failure("\(elements.count) rules, more than \(Self.ruleLimit)")
            }
            for element in elements {
                let rule = try Self.rule(element, keyFile)
                if let other = seen.updateValue(rule, forKey: rule.pattern) {
                    throw element.failure("'\(rule.pattern)' has a rule already, at \(other.position)")
                }
                rules.append(rule)
            }
        }
        try fields.refuseUnknown()
        self.init(source: source, fallback: fallback, rules: rules)
    }

    private static func decision(_ value: Value) throws(TreeError) -> TrustRequirement {
        switch try value.string {
        case "accept": return .accept
        case "reject": return .reject
        case let other:
            throw value.failure(
                "expected 'accept' or 'reject', found '\(other)'" + Suggestion.hint(for: other, in: ["accept", "reject"]))
        }
    }

    private static func rule(
        _ value: Value, _ keyFile: (String) throws(KeyFileError) -> [UInt8]
    ) throws(TreeError) -> TrustRule {
        var fields = try Fields(value)
        let pattern = try NamePattern(from: try fields.required("images"))
        let verdict = fields.optional("verdict")
        let signedBy = fields.optional("signedBy")
        try fields.refuseUnknown()
        let requirement: TrustRequirement
        switch (verdict, signedBy) {
        case (let verdict?, nil): requirement = try decision(verdict)
        case (nil, let signedBy?): requirement = .signedBy(try signatures(signedBy, keyFile))
        default: throw value.failure("expected one of 'verdict' and 'signedBy'")
        }
        return TrustRule(pattern: pattern, requirement: requirement, position: value.position)
    }

    private static func signatures(
        _ value: Value, _ keyFile: (String) throws(KeyFileError) -> [UInt8]
    ) throws(TreeError) -> RequiredSignatures {
        var fields = try Fields(value)
        let list = try fields.required("keys")
        let atLeast = fields.optional("atLeast")
        let reference = fields.optional("reference")
        let signedAs = fields.optional("signedAs")
        try fields.refuseUnknown()
        var required = RequiredSignatures(keys: try keys(list, keyFile))
        if let atLeast {
            required.atLeast = try atLeast.integer(in: 1...Int.max)
            guard required.atLeast <= required.keys.count else {
                throw atLeast.failure("\(required.atLeast) of \(required.keys.count) keys can never have signed")
            }
        }
        if let reference { required.reference = try self.reference(reference) }
        if let signedAs {
            guard reference == nil else { throw signedAs.failure("'reference' and 'signedAs' exclude each other") }
            guard case .repository(let name) = try NamePattern(from: signedAs) else {
                throw signedAs.failure("expected a repository, without tag and '*'")
            }
            required.reference = .named(name)
        }
        return required
    }

    private static func reference(_ value: Value) throws(TreeError) -> SignedReference {
        switch try value.string {
        case "repository": return .repository
        case "exact": return .exact
        case let other:
            throw value.failure(
                "expected 'repository' or 'exact', found '\(other)'" + Suggestion.hint(for: other, in: ["repository", "exact"]))
        }
    }

    private static func keys(
        _ list: Value, _ keyFile: (String) throws(KeyFileError) -> [UInt8]
    ) throws(TreeError) -> [TrustedKey] {
        let elements = try list.array
        guard (1...keyLimit).contains(elements.count) else {
            throw list.failure("\(elements.count) keys, expected 1 to \(keyLimit)")
        }
        var keys: [TrustedKey] = []
        for element in elements {
            let key = try self.key(element, keyFile)
            // Twice in the list it could count twice.
            if let same = keys.first(where: { $0.key == key.key }) {
                throw element.failure("the same key as '\(same.source)'")
            }
            keys.append(key)
        }
        return keys
    }

    /// A path, or `{"pem": "…"}`.
    private static func key(
        _ value: Value, _ keyFile: (String) throws(KeyFileError) -> [UInt8]
    ) throws(TreeError) -> TrustedKey {
        if value.kind == .object {
            var fields = try Fields(value)
            let pem = try fields.required("pem")
            try fields.refuseUnknown()
            let text = try pem.string
            do throws(KeyError) {
                return TrustedKey(key: try PublicKey(pem: Array(text.utf8)), source: "the key at \(value.position)")
            } catch { throw pem.failure("\(error)") }
        }
        let path = try value.string
        let bytes: [UInt8]
        do throws(KeyFileError) { bytes = try keyFile(path) } catch {
            throw value.failure("cannot read the key '\(path)': \(error.reason)")
        }
        do throws(KeyError) { return TrustedKey(key: try PublicKey(pem: bytes), source: path) } catch {
            throw value.failure("the key '\(path)': \(error)")
        }
    }
}
