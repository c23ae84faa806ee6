/// Why a file is no key that signs or verifies here.
public enum KeyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Not the PEM or DER that it should be.
    case malformed(String)
    /// A key of a kind that is not read, by its name.
    case unsupported(String)
    /// A private key under a password; with the label of its PEM.
    case encrypted(String)
    /// One half of a pair where the other is wanted.
    case wrongHalf(found: String, wanted: String)
    /// libcrypto did not do what it always does: no memory, no randomness.
    case library(String)

    public var description: String {
        switch self {
        case .malformed(let reason): reason
        case .unsupported(let kind): "\(kind) is not supported: expected ECDSA P-256 or Ed25519"
        case .encrypted(let label): "the private key is encrypted ('\(label)'), and such keys are not read"
        case .wrongHalf(let found, let wanted): "found a \(found) key, expected a \(wanted) key"
        case .library(let call): "libcrypto failed in \(call)"
        }
    }

    /// What mends it, where that is known.
    public var hint: String? {
        switch self {
        case .encrypted(let label) where label == "ENCRYPTED PRIVATE KEY":
            "'openssl pkcs8 -in KEY -out PLAIN' asks for the password and writes a plain one"
        case .encrypted:
            "cosign gives no plain key out; 'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out KEY' makes one, and 'cosign import-key-pair --key KEY' brings it to cosign"
        case .unsupported(let kind) where kind.contains("EC PRIVATE KEY"):
            "'openssl pkcs8 -topk8 -nocrypt -in KEY -out NEW' writes it as PKCS #8"
        case .wrongHalf(_, "public"): "'openssl pkey -in KEY -pubout' writes the public key"
        case .malformed, .unsupported, .wrongHalf, .library: nil
        }
    }
}
