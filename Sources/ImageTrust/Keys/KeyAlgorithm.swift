/// The kinds of keys that sign and verify here.
public enum KeyAlgorithm: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// FIPS 186, with SHA-256; a signature is the DER of two numbers.
    case ecdsaP256 = "ECDSA P-256"
    /// RFC 8032; a signature has 64 bytes.
    case ed25519 = "Ed25519"

    public var description: String { rawValue }

    /// The `AlgorithmIdentifier` of RFC 5280 that names it, as DER writes it (RFC 5480, RFC 8410).
    var identifier: [UInt8] {
        switch self {
        case .ecdsaP256: DER.short(DER.sequence, Self.ellipticCurve + Self.p256)
        case .ed25519: DER.short(DER.sequence, [0x06, 0x03, 0x2b, 0x65, 0x70])
        }
    }

    private static let ellipticCurve: [UInt8] = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]
    /// `prime256v1`, as an element.
    static let p256: [UInt8] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]

    /// Bytes of a public key: of ECDSA a point that is not compressed.
    var publicCount: Int { self == .ecdsaP256 ? 65 : 32 }

    /// From what stands in an `AlgorithmIdentifier`. Throws with the name of what it is instead.
    init(identifier contents: ArraySlice<UInt8>) throws(KeyError) {
        for algorithm in Self.allCases where contents.elementsEqual(algorithm.identifier.dropFirst(2)) {
            self = algorithm
            return
        }
        var reader = DER(contents)
        guard let name = reader.element(DER.objectIdentifier).flatMap(DER.dotted) else {
            throw .malformed("the key does not say of what kind it is")
        }
        guard name == "1.2.840.10045.2.1" else { throw .unsupported(Self.names[name] ?? "a key of the algorithm \(name)") }
        // A curve that is given by its numbers could be any that looks like the right one (CVE-2020-0601).
        guard let curve = reader.element(DER.objectIdentifier).flatMap(DER.dotted) else {
            throw .unsupported("an elliptic curve that has no name")
        }
        throw .unsupported(Self.names[curve] ?? "the elliptic curve \(curve)")
    }

    /// Kinds that people have, by object identifier.
    private static let names = [
        "1.2.840.113549.1.1.1": "RSA", "1.2.840.113549.1.1.10": "RSA-PSS", "1.2.840.10040.4.1": "DSA", "1.3.101.110": "X25519",
        "1.3.101.111": "X448", "1.3.101.113": "Ed448", "1.3.132.0.34": "the elliptic curve P-384",
        "1.3.132.0.35": "the elliptic curve P-521", "1.3.132.0.33": "the elliptic curve P-224",
        "1.3.132.0.10": "the elliptic curve secp256k1",
    ]
}
