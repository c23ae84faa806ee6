/// The name of a network interface: 1 to 15 bytes as `dev_valid_name` of the kernel wants them, and printable, since names are shown and recorded.
public struct InterfaceName: Hashable, Sendable, CustomStringConvertible {
    public let string: String

    /// nil for what is no name: empty, longer than 15 bytes, `.` and `..`, with a slash, a colon, a blank, a percent sign (a pattern to the kernel) or what
    /// is not printable ASCII.
    public init?(_ string: String) {
        let bytes = string.utf8
        guard (1...Self.longest).contains(bytes.count), string != ".", string != ".." else { return nil }
        for byte in bytes where byte <= 0x20 || byte >= 0x7f || Self.forbidden.contains(byte) { return nil }
        self.string = string
    }

    /// `IFNAMSIZ` less its NUL.
    public static let longest = 15
    private static let forbidden = Array("/:%".utf8)

    public var description: String { string }

    /// As the kernel compares it: 16 bytes, NULs behind.
    public var padded: [UInt8] { Array(string.utf8) + [UInt8](repeating: 0, count: 16 - string.utf8.count) }
}
