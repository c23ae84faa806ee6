public import Digests

/// The name of an image as Docker's users write it, made whole: `nginx` is `docker.io/library/nginx:latest`.
///
/// The grammar is that of distribution/reference: `[domain/]path[:tag][@digest]`.
public struct ImageReference: Hashable, Sendable, CustomStringConvertible {
    /// A host, with its port where it has one.
    public let domain: String
    /// Components between slashes, at most 255 bytes together.
    public let path: String
    /// nil where only a digest was given.
    public let tag: String?
    public let digest: Digest?

    public init(_ text: String) throws(ReferenceError) {
        let (domain, rest) = try Self.splitDomain(text)
        var path = rest[...]
        var digest: Digest?
        if let at = path.utf8.firstIndex(of: UInt8(ascii: "@")) {
            digest = try Self.digest(rest[path.utf8.index(after: at)...])
            path = path[..<at]
        }
        var tag: Substring?
        if let colon = path.utf8.lastIndex(of: UInt8(ascii: ":")) {
            tag = path[path.utf8.index(after: colon)...]
            path = path[..<colon]
        }
        guard ReferenceGrammar.isDomain(domain), ReferenceGrammar.isPath(path), tag.map(ReferenceGrammar.isTag) ?? true else {
            throw .invalidFormat
        }
        guard path.utf8.count <= 255 else { throw .nameTooLong }
        self.domain = domain
        self.path = String(path)
        self.tag = tag.map(String.init) ?? (digest == nil ? "latest" : nil)
        self.digest = digest
    }

    /// Domain and path.
    public var name: String { domain + "/" + path }

    /// The whole name.
    public var description: String { name + (tag.map { ":" + $0 } ?? "") + (digest.map { "@\($0)" } ?? "") }

    /// Without what goes without saying, as `nginx:latest`.
    public var familiar: String {
        var short = domain == "docker.io" ? path : name
        if domain == "docker.io", path.hasPrefix("library/") { short = String(path.dropFirst(8)) }
        return short + (tag.map { ":" + $0 } ?? "") + (digest.map { "@\($0)" } ?? "")
    }

    /// The first component is a domain if nothing else could look like that: a dot, a colon, an upper-case letter, or `localhost`.
    private static func splitDomain(_ text: String) throws(ReferenceError) -> (domain: String, rest: String) {
        if text.utf8.count == 64, text.utf8.allSatisfy(ReferenceGrammar.isLowerHex) { throw .isIdentifier }
        var domain = "docker.io"
        var rest = text
        if let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")) {
            let first = text[..<slash]
            if first == "localhost" || first.utf8.contains(where: { ReferenceGrammar.marksDomain($0) }) {
                domain = String(first)
                rest = String(text[text.utf8.index(after: slash)...])
            }
        }
        if domain == "index.docker.io" { domain = "docker.io" }
        if domain == "docker.io", !rest.utf8.contains(UInt8(ascii: "/")) { rest = "library/" + rest }
        // Up to the first colon, as Docker looks at it: a tag may have upper-case letters.
        if rest.utf8.prefix(while: { $0 != UInt8(ascii: ":") }).contains(where: ReferenceGrammar.isUpper) {
            throw .containsUppercase
        }
        return (domain, rest)
    }

    private static func digest(_ text: Substring) throws(ReferenceError) -> Digest {
        do throws(DigestError) { return try Digest(String(text)) } catch {
            guard ReferenceGrammar.looksLikeDigest(text) else { throw .invalidFormat }
            if case .unsupportedAlgorithm = error { throw .digestUnsupported }
            throw .digestInvalidLength
        }
    }
}

/// Why a text names no image.
public enum ReferenceError: Error, Hashable, Sendable, CustomStringConvertible {
    case invalidFormat
    case containsUppercase
    case nameTooLong
    case digestInvalidLength
    case digestUnsupported
    /// 64 hexadecimal digits are an image's id.
    case isIdentifier

    public var description: String {
        switch self {
        case .invalidFormat: "expected [DOMAIN/]PATH[:TAG][@DIGEST]"
        case .containsUppercase: "the path of an image's name is in lower case"
        case .nameTooLong: "the path of an image's name has at most 255 bytes"
        case .digestInvalidLength: "the digest has a wrong length"
        case .digestUnsupported: "digests of this algorithm cannot be checked: there are sha256 and sha512"
        case .isIdentifier: "64 hexadecimal digits are an image's id and no name"
        }
    }
}
