/// A position in the history of a store: it rises by one with each transaction that changes something, and by more where a block was left out.
public typealias Revision = Int64

/// A name in the store: any bytes but none at all, ordered bytewise. By convention a path.
public struct Key: Hashable, Sendable, ExpressibleByStringLiteral {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }
    public init(_ text: String) { bytes = Array(text.utf8) }
    public init(stringLiteral text: String) { self.init(text) }

    /// Whether the store keeps its leases in it: nobody can put it, and no read shows it.
    public var isReserved: Bool { OwnKeys.contains(bytes) }
}

extension Key: Comparable {
    public static func < (left: Key, right: Key) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }
}

extension Key: CustomStringConvertible {
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}

/// An interval of keys: from one key on, up to another that is not in it.
public struct KeyRange: Hashable, Sendable {
    public let lower: [UInt8]
    /// nil: to the last key.
    public let upper: [UInt8]?

    private init(_ lower: [UInt8], _ upper: [UInt8]?) {
        self.lower = lower
        self.upper = upper
    }

    /// One key.
    public static func key(_ key: Key) -> KeyRange { KeyRange(key.bytes, key.bytes + [0]) }

    public static let all = KeyRange([], nil)

    /// All keys from this one on.
    public static func from(_ key: Key) -> KeyRange { KeyRange(key.bytes, nil) }

    /// `[lower, upper)`; empty where they are the wrong way round.
    public static func interval(_ lower: Key, _ upper: Key) -> KeyRange { KeyRange(lower.bytes, upper.bytes) }

    /// All keys that begin with these bytes.
    public static func prefix(_ prefix: Key) -> KeyRange {
        var upper = prefix.bytes
        while let last = upper.popLast() {
            if last < 0xff { return KeyRange(prefix.bytes, upper + [last + 1]) }
        }
        return KeyRange(prefix.bytes, nil)
    }

    public func contains(_ key: [UInt8]) -> Bool {
        if key.lexicographicallyPrecedes(lower) { return false }
        guard let upper else { return true }
        return key.lexicographicallyPrecedes(upper)
    }

    /// Whether it holds exactly one key.
    var isSingle: Bool { upper == lower + [0] }

    func overlaps(_ other: KeyRange) -> Bool {
        if let upper, !other.lower.lexicographicallyPrecedes(upper) { return false }
        if let upper = other.upper, !lower.lexicographicallyPrecedes(upper) { return false }
        return true
    }
}
