import CCrypto

/// A key as libcrypto holds it, for one use.
///
/// libcrypto's default library context, with its built-in provider. A static program must never come to load a provider, which is a shared object: so
/// `OPENSSL_INIT_NO_LOAD_CONFIG` is said before anything else, whatever `OPENSSL_CONF` names or /etc/ssl holds.
struct NativeKey: ~Copyable {
    private let algorithm: KeyAlgorithm
    private let key: OpaquePointer

    deinit { EVP_PKEY_free(key) }

    /// A public key, or a pair. Throws for a point that is none of the curve: who may have such asks `isValid` first.
    init(_ algorithm: KeyAlgorithm, publicKey: [UInt8], privateKey: [UInt8]? = nil) throws(KeyError) {
        Self.prepare()
        defer { ERR_clear_error() }
        self.algorithm = algorithm
        let made: OpaquePointer? =
            switch algorithm {
            case .ecdsaP256: Self.curveKey(publicKey, privateKey)
            case .ed25519:
                if let privateKey {
                    EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, privateKey, privateKey.count)
                } else {
                    EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, publicKey, publicKey.count)
                }
            }
        guard let made else { throw .library("EVP_PKEY_fromdata") }
        key = made
    }

    private static func prepare() {
        // At once where it is done already.
        _ = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG) | UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
    }

    /// nil where libcrypto does not want it.
    private static func curveKey(_ publicKey: [UInt8], _ privateKey: [UInt8]?) -> OpaquePointer? {
        guard let context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil) else { return nil }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_fromdata_init(context) == 1 else { return nil }
        var point = publicKey
        // A number, in the order of this machine's bytes.
        var scalar = Array((privateKey ?? []).reversed())
        var key: OpaquePointer?
        let selection = Self.publicParts | (privateKey == nil ? 0 : OSSL_KEYMGMT_SELECT_PRIVATE_KEY)
        let isMade = point.withUnsafeMutableBytes { point in
            scalar.withUnsafeMutableBufferPointer { scalar in
                var parameters = [
                    OSSL_PARAM_construct_utf8_string(text("group"), UnsafeMutablePointer(mutating: text("prime256v1")), 0),
                    OSSL_PARAM_construct_octet_string(text("pub"), point.baseAddress, point.count),
                ]
                if !scalar.isEmpty {
                    parameters.append(OSSL_PARAM_construct_BN(text("priv"), scalar.baseAddress, scalar.count))
                }
                parameters.append(OSSL_PARAM_construct_end())
                return EVP_PKEY_fromdata(context, &key, selection, &parameters) == 1
            }
        }
        return isMade ? key : nil
    }

    /// A text that stays where it is: parameters keep the pointers to their names (core_names.h).
    private static func text(_ text: StaticString) -> UnsafePointer<CChar> {
        UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    }

    /// `EVP_PKEY_PUBLIC_KEY`, a macro that Swift does not see.
    private static let publicParts =
        OSSL_KEYMGMT_SELECT_DOMAIN_PARAMETERS | OSSL_KEYMGMT_SELECT_OTHER_PARAMETERS | OSSL_KEYMGMT_SELECT_PUBLIC_KEY

    /// Whether libcrypto takes these bytes for a public key: a point of the curve, and not the one at infinity.
    static func isValid(_ algorithm: KeyAlgorithm, publicKey: [UInt8]) throws(KeyError) -> Bool {
        do throws(KeyError) {
            _ = try NativeKey(algorithm, publicKey: publicKey)
            return true
        } catch {
            guard case .library = error else { throw error }
            return false
        }
    }

    /// The public half of a private key.
    static func publicKey(_ algorithm: KeyAlgorithm, privateKey: [UInt8]) throws(KeyError) -> [UInt8] {
        prepare()
        defer { ERR_clear_error() }
        var bytes = [UInt8](repeating: 0, count: algorithm.publicCount)
        switch algorithm {
        case .ed25519:
            let key = try NativeKey(.ed25519, publicKey: [], privateKey: privateKey)
            var count = bytes.count
            guard EVP_PKEY_get_raw_public_key(key.key, &bytes, &count) == 1, count == bytes.count else {
                throw .library("EVP_PKEY_get_raw_public_key")
            }
        case .ecdsaP256:
            guard let group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1) else { throw .library("EC_GROUP_new") }
            defer { EC_GROUP_free(group) }
            guard let scalar = BN_bin2bn(privateKey, Int32(privateKey.count), nil) else { throw .library("BN_bin2bn") }
            defer { BN_clear_free(scalar) }
            guard BN_is_zero(scalar) == 0, BN_cmp(scalar, EC_GROUP_get0_order(group)) < 0 else {
                throw .malformed("the private key is out of the curve's range")
            }
            guard let point = EC_POINT_new(group) else { throw .library("EC_POINT_new") }
            defer { EC_POINT_free(point) }
            guard EC_POINT_mul(group, point, scalar, nil, nil, nil) == 1,
                EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, &bytes, bytes.count, nil) == bytes.count
            else { throw .library("EC_POINT_mul") }
        }
        return bytes
    }

    private var digestName: String? { algorithm == .ecdsaP256 ? "SHA256" : nil }

    func verifies(_ signature: [UInt8], of message: [UInt8]) throws(KeyError) -> Bool {
        guard let context = EVP_MD_CTX_new() else { throw .library("EVP_MD_CTX_new") }
        defer { EVP_MD_CTX_free(context) }
        defer { ERR_clear_error() }
        guard EVP_DigestVerifyInit_ex(context, nil, digestName, nil, nil, key, nil) == 1 else {
            throw .library("EVP_DigestVerifyInit")
        }
        // 0 is a signature of something else, below 0 is none at all.
        return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }

    func sign(_ message: [UInt8]) throws(KeyError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw .library("EVP_MD_CTX_new") }
        defer { EVP_MD_CTX_free(context) }
        defer { ERR_clear_error() }
        guard EVP_DigestSignInit_ex(context, nil, digestName, nil, nil, key, nil) == 1 else {
            throw .library("EVP_DigestSignInit")
        }
        var signature = [UInt8](repeating: 0, count: Int(EVP_PKEY_get_size(key)))
        var count = signature.count
        guard EVP_DigestSign(context, &signature, &count, message, message.count) == 1 else { throw .library("EVP_DigestSign") }
        return Array(signature.prefix(count))
    }
}
