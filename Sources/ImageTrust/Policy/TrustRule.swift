import ImageSpec
public import StrictTree

/// What a policy asks of images whose names match a pattern.
public struct TrustRule: Hashable, Sendable {
    public var pattern: NamePattern
    public var requirement: TrustRequirement
    /// Where it stands in the policy.
    public var position: Position
}

/// What is asked of an image.
public enum TrustRequirement: Hashable, Sendable {
    /// Nothing.
    case accept
    /// What no image has.
    case reject
    case signedBy(RequiredSignatures)
}

/// Signatures that an image must have.
public struct RequiredSignatures: Hashable, Sendable {
    /// No key twice.
    public var keys: [TrustedKey]
    /// How many of the keys must have signed; from 1 to all.
    public var atLeast: Int
    public var reference: SignedReference

    public init(keys: [TrustedKey], atLeast: Int = 1, reference: SignedReference = .repository) {
        self.keys = keys
        self.atLeast = atLeast
        self.reference = reference
    }
}

/// A public key that a policy trusts, and where it came from.
public struct TrustedKey: Hashable, Sendable, CustomStringConvertible {
    public var key: PublicKey
    /// A path, or where in the policy it stands.
    public var source: String

    public init(key: PublicKey, source: String) {
        self.key = key
        self.source = source
    }

    public var description: String { "\(source) (\(key.algorithm), \(key.fingerprint))" }
}

/// Which name a signature must have been made for.
public enum SignedReference: Hashable, Sendable {
    /// The repository of the image's own name; whatever the tag.
    case repository
    /// The image's own name, with its tag.
    case exact
    /// This repository, whatever the image is called here: for mirrors.
    case named(String)

    /// nil where a payload is for the right name, otherwise the right name. An image without a name is called as its signature says.
    func missed(by payload: SignaturePayload, for image: ImageReference?) -> String? {
        switch self {
        case .named(let name): return payload.repository == name ? nil : name
        case .repository:
            guard let image, payload.repository != image.name else { return nil }
            return image.name
        case .exact:
            guard let image else { return nil }
            return payload.repository == image.name && payload.tag == image.tag ? nil : image.description
        }
    }
}
