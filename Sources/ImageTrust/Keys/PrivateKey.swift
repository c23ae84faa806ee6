/// A private key: what makes signatures. It is never printed: its description is that of its public half.
public struct PrivateKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let secret: [UInt8]
    public let publicKey: PublicKey

    /// Reads PEM of PKCS #8 (RFC 5208, RFC 5958) without a password, as `openssl genpkey` writes it.
    ///
    /// Encrypted keys, cosign's among them, are refused with a hint: nobody could be asked for a password.
    public init(pem: [UInt8]) throws(KeyError) {
        let bytes = try PEM(pem).bytes(labeled: "PRIVATE KEY", "private")
        guard let contents = DER.only(DER.sequence, in: bytes) else { throw .malformed("the private key is no DER") }
        var reader = DER(contents)
        guard let version = reader.element(DER.integer), version.count == 1, version.first == 0 || version.first == 1,
            let identifier = reader.element(DER.sequence), let wrapped = reader.element(DER.octetString)
        else { throw .malformed("the private key is not as PKCS #8 has it") }
        let algorithm = try KeyAlgorithm(identifier: identifier)
        var stated = try Self.publicParts(&reader)
        switch algorithm {
        case .ed25519:
            guard let seed = DER.only(DER.octetString, in: wrapped), seed.count == 32 else {
                throw .malformed("the private key has not 32 bytes")
            }
            secret = Array(seed)
        case .ecdsaP256: secret = try Self.scalar(wrapped, &stated)
        }
        publicKey = PublicKey(trusted: algorithm, try NativeKey.publicKey(algorithm, privateKey: secret))
        // Two halves that do not belong together would sign what nobody can verify, and may give the private one away.
        for bits in stated where try PublicKey(algorithm, bitString: bits) != publicKey {
            throw .malformed("the private key's public half is another one's")
        }
    }

    /// What may follow: attributes, which mean nothing here, and the public key.
    private static func publicParts(_ reader: inout DER) throws(KeyError) -> [ArraySlice<UInt8>] {
        _ = reader.element(0xa0)
        let bits = reader.element(0x81)
        guard reader.isAtEnd else { throw .malformed("there is more behind the private key") }
        return bits.map { [$0] } ?? []
    }

    /// RFC 5915, `ECPrivateKey`.
    private static func scalar(
        _ wrapped: ArraySlice<UInt8>, _ stated: inout [ArraySlice<UInt8>]
    ) throws(KeyError) -> [UInt8] {
        guard let contents = DER.only(DER.sequence, in: wrapped) else {
            throw .malformed("the private key is not as RFC 5915 has it")
        }
        var reader = DER(contents)
        guard reader.element(DER.integer) == [1], let scalar = reader.element(DER.octetString), scalar.count == 32 else {
            throw .malformed("the private key is not as RFC 5915 has it")
        }
        if let curve = reader.element(0xa0), !curve.elementsEqual(KeyAlgorithm.p256) {
            throw .malformed("the private key names two curves")
        }
        if let wrappedBits = reader.element(0xa1) {
            guard let bits = DER.only(DER.bitString, in: wrappedBits) else {
                throw .malformed("the private key is not as RFC 5915 has it")
            }
            stated.append(bits)
        }
        guard reader.isAtEnd else { throw .malformed("there is more behind the private key") }
        return Array(scalar)
    }

    /// A signature of exactly these bytes. With ECDSA each is another one.
    public func sign(_ message: [UInt8]) throws(KeyError) -> [UInt8] {
        try NativeKey(publicKey.algorithm, publicKey: publicKey.bytes, privateKey: secret).sign(message)
    }

    public var description: String { "private half of \(publicKey)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey]) }
}
