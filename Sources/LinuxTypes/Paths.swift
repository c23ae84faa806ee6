/// A path as the host's processes see it. Comes from the operator: configuration, options, our own state.
public struct HostPath: Hashable, Sendable, CustomStringConvertible {
    public let string: String

    /// nil for an empty string and one with a NUL byte.
    public init?(_ string: String) {
        guard !string.isEmpty, !string.utf8.contains(0) else { return nil }
        self.string = string
    }

    public var isAbsolute: Bool { string.utf8.first == UInt8(ascii: "/") }

    public var description: String { string }

    /// This path with one relative path behind it.
    public func appending(_ relative: String) -> HostPath {
        HostPath(unchecked: string.hasSuffix("/") ? string + relative : string + "/" + relative)
    }

    private init(unchecked: String) { string = unchecked }
}

/// A path as the container's processes see it. It means nothing to the host: it is only ever resolved by a `RootDirectory`.
public struct ContainerPath: Hashable, Sendable, CustomStringConvertible {
    public let string: String

    /// nil for a NUL byte. A relative path counts from the container's root, as the runtime specification orders for mount destinations.
    public init?(_ string: String) {
        guard !string.utf8.contains(0) else { return nil }
        self.string = string.utf8.first == UInt8(ascii: "/") ? string : "/" + string
    }

    /// A path of ours, absolute and without NUL bytes.
    public init(literal: StaticString) { string = "\(literal)" }

    public var description: String { string }

    /// The names between slashes; empty names and `.` are left out, `..` is kept.
    public var components: [String] {
        // By bytes, as the kernel splits: to Swift a slash and a combining mark behind it are one character.
        string.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }.filter { $0 != "." }
    }

    /// Without doubled and trailing slashes, `.`, and with `..` taken back by name: for comparison with other destinations, never for opening.
    public var normalized: String {
        var kept: [String] = []
        for component in components {
            if component == ".." { _ = kept.popLast() } else { kept.append(component) }
        }
        return "/" + kept.joined(by: "/")
    }
}
