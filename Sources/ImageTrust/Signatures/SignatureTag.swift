public import Digests
public import ImageSpec

/// How the signatures of an image are named, by cosign's convention: `REPOSITORY:sha256-HEX.sig` for the manifest `sha256:HEX`.
public enum SignatureTag {
    private static let suffix = ".sig"

    public static func tag(for digest: Digest) -> String { digest.algorithm.rawValue + "-" + digest.hex + suffix }

    /// The image whose signatures have this name; nil for the name of anything else.
    public static func digest(of reference: ImageReference) -> Digest? { reference.tag.flatMap(digest(ofTag:)) }

    /// As above, of a bare tag.
    public static func digest(ofTag tag: String) -> Digest? {
        guard tag.hasSuffix(suffix), let dash = tag.utf8.firstIndex(of: UInt8(ascii: "-")) else { return nil }
        let hex = tag[tag.utf8.index(after: dash)...].dropLast(suffix.utf8.count)
        do throws(DigestError) { return try Digest(tag[..<dash] + ":" + hex) } catch { return nil }
    }
}
