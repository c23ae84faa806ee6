import CCrypto

extension Digest {
    /// A digest being computed, piece by piece: libcrypto's SHA-256 or SHA-512, which use the processor's own instructions.
    public struct Hasher: ~Copyable, Sendable {
        public let algorithm: DigestAlgorithm
        /// Bytes seen so far.
        public private(set) var count: UInt64 = 0
        private var sha256 = SHA256_CTX()
        private var sha512 = SHA512_CTX()

        public init(_ algorithm: DigestAlgorithm = .sha256) {
            self.algorithm = algorithm
            switch algorithm {
            case .sha256: SHA256_Init(&sha256)
            case .sha512: SHA512_Init(&sha512)
            }
        }

        /// Goes on with some bytes.
        public mutating func update(_ bytes: UnsafeRawBufferPointer) {
            guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
            count += UInt64(bytes.count)
            switch algorithm {
            case .sha256: SHA256_Update(&sha256, start, bytes.count)
            case .sha512: SHA512_Update(&sha512, start, bytes.count)
            }
        }

        /// Goes on with some bytes.
        public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

        /// The digest of all bytes.
        public consuming func finish() -> Digest {
            var bytes = [UInt8](repeating: 0, count: algorithm.byteCount)
            switch algorithm {
            case .sha256: SHA256_Final(&bytes, &sha256)
            case .sha512: SHA512_Final(&bytes, &sha512)
            }
            return Digest(trusted: algorithm, bytes: bytes)
        }
    }
}
