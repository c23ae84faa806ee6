/// One value or key on the tape, 16 bytes:
/// ```
///            start            count                 link                       kind, flags
/// scalar     offset (place)   bytes of its text     offset of its text
/// container  offset (place)   elements or members   index behind its subtree; 0 while open
/// ```
struct Node {
    var start: UInt32
    var count: UInt32
    var link: UInt32
    let kind: Kind
    let flags: Flags

    struct Flags: OptionSet {
        let rawValue: UInt8

        /// `true`, not `false`.
        static let isTrue = Flags(rawValue: 1)
        /// A number without fraction and exponent.
        static let isInteger = Flags(rawValue: 2)
        /// The text differs from the source's (escapes) and lies in `Tape.decoded`.
        static let isDecoded = Flags(rawValue: 4)
        /// The text holds U+0000, which no string for the kernel may.
        static let holdsNUL = Flags(rawValue: 8)
    }
}

/// The values of a document in its order: a container, then its elements, or its keys and values in turn.
struct Tape {
    var nodes: [Node] = []
    /// Texts that are not in the source as they are.
    var decoded: [UInt8] = []

    /// The index behind a node and all that is in it.
    func end(of index: Int) -> Int {
        let node = nodes[index]
        guard node.kind == .array || node.kind == .object else { return index + 1 }
        return node.link == 0 ? nodes.count : Int(node.link)
    }

    /// The text of a string, key or number.
    @inline(__always)
    func withText<R>(of index: Int, in source: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        let node = nodes[index]
        let range = Int(node.link)..<Int(node.link) + Int(node.count)
        guard node.flags.contains(.isDecoded) else { return body(UnsafeBufferPointer(rebasing: source[range])) }
        return decoded.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range])) }
    }

    func string(of index: Int, in source: UnsafeBufferPointer<UInt8>) -> String {
        withText(of: index, in: source) { String(decoding: $0, as: UTF8.self) }
    }

    /// One step from a container to what is in it.
    enum Step {
        case member(String)
        case element(Int)
    }

    /// RFC 6901; a key has the pointer of its value. Works on an unfinished tape too, for errors of syntax.
    func pointer(to target: Int, in source: UnsafeBufferPointer<UInt8>) -> String {
        var pointer = ""
        for step in steps(to: target, in: source) {
            switch step {
            case .member(let key): pointer += "/" + Self.escaped(key)
            case .element(let ordinal): pointer += "/" + String(ordinal)
            }
        }
        return pointer
    }

    /// Walks down from the root.
    func steps(to target: Int, in source: UnsafeBufferPointer<UInt8>) -> [Step] {
        var steps: [Step] = []
        var container = 0
        while container < target {
            var child = container + 1
            var ordinal = 0
            let isObject = nodes[container].kind == .object
            var key = child
            while child < nodes.count {
                key = child
                if isObject, child != target, child + 1 < nodes.count { child += 1 }
                if target < end(of: child) { break }
                child = end(of: child)
                ordinal += 1
            }
            steps.append(isObject ? .member(string(of: key, in: source)) : .element(ordinal))
            if child >= target { return steps }
            container = child
        }
        return steps
    }

    private static func escaped(_ key: String) -> String {
        guard key.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return key }
        var result = ""
        for scalar in key.unicodeScalars {
            switch scalar {
            case "~": result += "~0"
            case "/": result += "~1"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
