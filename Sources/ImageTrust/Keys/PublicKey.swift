public import Digests

/// A public key: what a signature is checked with.
public struct PublicKey: Hashable, Sendable, CustomStringConvertible {
    public let algorithm: KeyAlgorithm
    /// As the algorithm writes it: an uncompressed point of 65 bytes, or 32 bytes.
    let bytes: [UInt8]

    /// Reads PEM of a `SubjectPublicKeyInfo` (RFC 5280), as `openssl pkey -pubout` and cosign write it.
    public init(pem: [UInt8]) throws(KeyError) {
        try self.init(info: try PEM(pem).bytes(labeled: "PUBLIC KEY", "public"))
    }

    private init(info: [UInt8]) throws(KeyError) {
        guard let contents = DER.only(DER.sequence, in: info) else { throw .malformed("the public key is no DER") }
        var reader = DER(contents)
        guard let identifier = reader.element(DER.sequence), let key = reader.element(DER.bitString), reader.isAtEnd else {
            throw .malformed("the public key is not as RFC 5280 has it")
        }
        try self.init(try KeyAlgorithm(identifier: identifier), bitString: key)
    }

    /// From a bit string of whole bytes.
    init(_ algorithm: KeyAlgorithm, bitString: ArraySlice<UInt8>) throws(KeyError) {
        guard bitString.first == 0 else { throw .malformed("the public key has bits of a byte") }
        let bytes = bitString.dropFirst()
        if algorithm == .ecdsaP256, bytes.count == 33, bytes.first == 2 || bytes.first == 3 {
            throw .unsupported("a public key whose point is compressed")
        }
        guard bytes.count == algorithm.publicCount else {
            throw .malformed("the public key has \(bytes.count) bytes, not \(algorithm.publicCount)")
        }
        // The hybrid form, which libcrypto reads as well, would be the same key by another fingerprint.
        let isPlain = algorithm == .ed25519 || bytes.first == 4
        guard isPlain, try NativeKey.isValid(algorithm, publicKey: Array(bytes)) else {
            throw .malformed("the public key is no point of the curve")
        }
        self.init(trusted: algorithm, Array(bytes))
    }

    init(trusted algorithm: KeyAlgorithm, _ bytes: [UInt8]) {
        self.algorithm = algorithm
        self.bytes = bytes
    }

    /// The DER of its `SubjectPublicKeyInfo`.
    public var info: [UInt8] {
        DER.short(DER.sequence, algorithm.identifier + DER.short(DER.bitString, [0] + bytes))
    }

    /// The SHA-256 of its `SubjectPublicKeyInfo`: `openssl pkey -pubin -outform DER | sha256sum` prints the same.
    public var fingerprint: Digest { Digest.of(info) }

    public var description: String { "\(algorithm) key \(fingerprint)" }

    /// Whether the private half of this key has signed exactly these bytes.
    ///
    /// A signature that is not written as it must be is none. Of ECDSA's two signatures that say the same both count: who makes one can make the other,
    /// and OpenSSL and Go write either. Throws where libcrypto does not work.
    public func verifies(_ signature: [UInt8], of message: [UInt8]) throws(KeyError) -> Bool {
        guard isWellFormed(signature) else { return false }
        return try NativeKey(algorithm, publicKey: bytes).verifies(signature, of: message)
    }

    private func isWellFormed(_ signature: [UInt8]) -> Bool {
        switch algorithm {
        case .ed25519: return signature.count == 64
        case .ecdsaP256:
            guard let pair = DER.only(DER.sequence, in: signature) else { return false }
            var reader = DER(pair)
            for _ in 0..<2 {
                guard let number = reader.element(DER.integer).flatMap(DER.magnitude), number.count <= 32 else { return false }
            }
            return reader.isAtEnd
        }
    }
}
