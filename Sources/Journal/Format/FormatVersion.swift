/// The version of the format on the disk.
public struct FormatVersion: Hashable, Sendable, CustomStringConvertible {
    public let major: UInt16
    public let minor: UInt16

    public static let current = FormatVersion(major: 1, minor: 1)

    public var description: String { "\(major).\(minor)" }

    /// Throws for what only a newer program understands. Order: before anything is written.
    func check() throws(JournalError) {
        if major != Self.current.major { throw .newerFormat(self) }
    }
}
