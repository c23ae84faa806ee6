/// The identity of a pod: a name only points to one. A name of a file too, so that nothing else can be made of it.
public struct PodUID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let string: String

    /// nil for what is empty, longer than 63 bytes, or has other characters than lower-case letters, digits and `-` (which neither begins nor ends it).
    public init?(_ string: String) {
        let bytes = string.utf8
        guard let first = bytes.first, let last = bytes.last, bytes.count <= 63, first != Self.dash, last != Self.dash,
            bytes.allSatisfy({ Self.isAllowed($0) })
        else { return nil }
        self.string = string
    }

    /// A random one, RFC 9562 version 4, of 16 random bytes.
    public init(random bytes: [UInt8]) {
        var bytes = Array((bytes + [UInt8](repeating: 0, count: 16)).prefix(16))
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        var text: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(Self.dash) }
            for digit in [byte >> 4, byte & 0xf] { text.append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
        }
        string = String(decoding: text, as: UTF8.self)
    }

    public var description: String { string }

    /// The first eight characters, as people see it.
    public var short: String { String(string.prefix(8)) }

    public static func < (left: PodUID, right: PodUID) -> Bool { left.string < right.string }

    private static let dash = UInt8(ascii: "-")

    private static func isAllowed(_ byte: UInt8) -> Bool {
        byte == dash || byte >= 0x61 && byte <= 0x7a || byte >= 0x30 && byte <= 0x39
    }
}
