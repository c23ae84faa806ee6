internal import Digests
internal import ImageSpec
public import ImageTrust
internal import LinuxKernel
public import LinuxTypes
internal import StrictTree

/// Where the trust policy comes from.
public enum TrustSource: Sendable {
    /// /etc/hull/trust.json, where there is one; otherwise every image is accepted.
    case machine
    /// A file that must be there.
    case file(HostPath)
    case policy(TrustPolicy)

    public static let machinePath = "/etc/hull/trust.json"
}

extension ImageStore {
    /// Throws `untrusted` where the policy rejects an image; that is asked before anything of an image is used. Without a policy it costs one look for the
    /// file.
    ///
    /// `text` is what the image was called: the rule is that of the name. By id or digest an image may be used if it may be by one of the names that it has
    /// here; with `NAME@DIGEST`, by one in the same repository: that somebody writes a name beside a digest proves nothing.
    public func admit(_ image: StoredImage, as text: String) throws(ImageError) {
        let policy = try trustPolicy()
        if policy.source == nil { return }
        let verdict = try verdict(on: image, as: text, policy)
        guard verdict.isAccepted else { throw .untrusted(verdict) }
    }

    /// The image that a person means, if it can be used: it is one, and the policy accepts it.
    public func usable(_ text: String) throws(ImageError) -> StoredImage {
        let image = try image(text)
        guard !image.record.isSignature else { throw .notAnImage("it holds signatures of one") }
        try admit(image, as: text)
        return image
    }

    /// What the policy says of an image, whatever that is. The bytes of its manifest are compared with its digest in any case.
    public func verdict(on text: String) throws(ImageError) -> TrustVerdict {
        let image = try image(text)
        guard !image.record.isSignature else { throw .notAnImage("it holds signatures of one") }
        _ = try provenDigests(of: image)
        return try verdict(on: image, as: text, try trustPolicy())
    }

    /// The policy that holds, read from its file.
    public func trustPolicy() throws(ImageError) -> TrustPolicy {
        switch trust {
        case .policy(let policy): return policy
        case .file(let path):
            guard let policy = try Self.policy(at: path) else { throw .unknownSource("there is no trust policy '\(path)'") }
            return policy
        case .machine:
            guard let path = HostPath(TrustSource.machinePath) else { return .absent }
            return try Self.policy(at: path) ?? .absent
        }
    }

    private static func policy(at path: HostPath) throws(ImageError) -> TrustPolicy? {
        guard let bytes = try TrustedFile.read(path, limit: TrustPolicy.sizeLimit) else { return nil }
        // Keys are named as seen from the policy.
        let directory = path.string.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path.string[...$0]) } ?? ""
        return try decoding("the trust policy '\(path)'") { () throws(TreeError) in
            try TrustPolicy(json: bytes, source: path.string) { name throws(KeyFileError) in
                guard let key = HostPath(name.utf8.first == UInt8(ascii: "/") ? name : directory + name), !name.isEmpty else {
                    throw KeyFileError("it has no name")
                }
                do throws(ImageError) {
                    guard let bytes = try TrustedFile.read(key, limit: keyBytes) else { throw ImageError.notFound(name) }
                    return bytes
                } catch {
                    if case .notFound = error { throw KeyFileError("there is no such file") }
                    throw KeyFileError("\(error)")
                }
            }
        }
    }

    /// Far more than a key has.
    private static let keyBytes = 64 << 10

    private func verdict(
        on image: StoredImage, as text: String, _ policy: TrustPolicy
    ) throws(ImageError) -> TrustVerdict {
        var evidence: TrustEvidence?
        var first: TrustVerdict?
        for reference in Self.references(of: image, as: text) {
            let verdict = try policy.verdict(on: reference, called: text, digest: image.record.digest) {
                () throws(ImageError) in
                if let evidence { return evidence }
                let found = TrustEvidence(signatures: try signatures(of: image), digests: try provenDigests(of: image))
                evidence = found
                return found
            }
            if verdict.isAccepted { return verdict }
            first = first ?? verdict
        }
        guard let first else { throw .notFound(text) }
        return first
    }

    /// The names by which a policy may judge an image that was called so; nil stands for none.
    private static func references(of image: StoredImage, as text: String) -> [ImageReference?] {
        func parse(_ name: String) -> ImageReference? {
            do throws(ReferenceError) { return try ImageReference(name) } catch { return nil }
        }
        let called = parse(text)
        if let called, image.names.contains(called.description) { return [called] }
        let names = image.names.compactMap(parse)
        guard let called, called.digest != nil else { return names.isEmpty ? [nil] : names }
        let related = names.filter { $0.name == called.name }
        return related.isEmpty ? [nil] : related
    }
}
