/// The hash functions that this system can check, as the image specification names them.
public enum DigestAlgorithm: String, Hashable, Sendable, CaseIterable {
    case sha256
    case sha512

    /// Length of the digest in bytes.
    public var byteCount: Int { self == .sha256 ? 32 : 64 }
}
