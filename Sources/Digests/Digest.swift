/// What names content by its bytes: `sha256:` and 64 lower-case hexadecimal digits, or `sha512:` and 128.
///
/// Image specification, descriptor.md, "Digests". A value is always well-formed, so that its file name is safe to use.
public struct Digest: Hashable, Sendable, CustomStringConvertible {
    public let algorithm: DigestAlgorithm
    /// Lower-case hexadecimal.
    public let hex: String

    /// Parses `algorithm:encoded`. Upper case, spaces, other lengths and other separators are refused, unknown algorithms by name.
    public init(_ text: String) throws(DigestError) {
        let bytes = Array(text.utf8)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { throw .malformed(Self.excerpt(text)) }
        let name = bytes[..<colon]
        let encoded = bytes[(colon + 1)...]
        guard Self.isAlgorithm(name), Self.isEncoded(encoded) else { throw .malformed(Self.excerpt(text)) }
        guard let algorithm = DigestAlgorithm.allCases.first(where: { $0.rawValue.utf8.elementsEqual(name) }) else {
            throw .unsupportedAlgorithm(Self.excerpt(String(decoding: name, as: UTF8.self)))
        }
        guard encoded.count == algorithm.byteCount * 2, encoded.allSatisfy(Self.isLowerHex) else {
            throw .malformed(Self.excerpt(text))
        }
        self.algorithm = algorithm
        hex = String(decoding: encoded, as: UTF8.self)
    }

    /// From the bytes of a finished hash; nil where they are not as many as the algorithm gives.
    public init?(_ algorithm: DigestAlgorithm, bytes: some Collection<UInt8>) {
        guard bytes.count == algorithm.byteCount else { return nil }
        self.init(trusted: algorithm, bytes: bytes)
    }

    init(trusted algorithm: DigestAlgorithm, bytes: some Collection<UInt8>) {
        self.algorithm = algorithm
        var digits: [UInt8] = []
        digits.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            digits.append(Self.digit(byte >> 4))
            digits.append(Self.digit(byte & 15))
        }
        hex = String(decoding: digits, as: UTF8.self)
    }

    /// The digest of some bytes.
    public static func of(_ bytes: UnsafeRawBufferPointer, _ algorithm: DigestAlgorithm = .sha256) -> Digest {
        var hasher = Hasher(algorithm)
        hasher.update(bytes)
        return hasher.finish()
    }

    /// The digest of some bytes.
    public static func of(_ bytes: [UInt8], _ algorithm: DigestAlgorithm = .sha256) -> Digest {
        bytes.withUnsafeBytes { of($0, algorithm) }
    }

    /// `sha256:…`
    public var description: String { algorithm.rawValue + ":" + hex }

    /// `sha256/…`: below `blobs` in an image layout. One slash, and no other character that means anything to a path.
    public var fileName: String { algorithm.rawValue + "/" + hex }

    /// For messages to people: the first twelve digits.
    public var short: String { String(hex.prefix(12)) }
}

extension Digest {
    /// `component (separator component)*`: runs of lower-case letters and digits, with one of `+._-` between two of them.
    private static func isAlgorithm(_ bytes: ArraySlice<UInt8>) -> Bool {
        var inComponent = false
        for byte in bytes {
            if isLowerAlphanumeric(byte) {
                inComponent = true
            } else if inComponent, [UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")].contains(byte) {
                inComponent = false
            } else {
                return false
            }
        }
        return inComponent
    }

    private static func isEncoded(_ bytes: ArraySlice<UInt8>) -> Bool {
        !bytes.isEmpty
            && bytes.allSatisfy {
                isLowerAlphanumeric($0) || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 || $0 == UInt8(ascii: "=")
                    || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
            }
    }

    private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }

    private static func isLowerHex(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// What an error repeats of a text from outside: enough to find it, not a megabyte of it.
    private static func excerpt(_ text: String) -> String { text.utf8.count <= 160 ? text : String(text.prefix(80)) + "…" }
}
