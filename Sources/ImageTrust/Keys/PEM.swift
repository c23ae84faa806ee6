import StrictTree

/// A block of RFC 7468, `-----BEGIN LABEL-----` and what follows: exactly one, and nothing around it but white space.
struct PEM {
    let label: String
    let bytes: [UInt8]

    /// Keys have a few hundred bytes.
    static let limit = 64 << 10

    init(_ text: [UInt8]) throws(KeyError) {
        guard text.count <= Self.limit else { throw .malformed("\(text.count) bytes are no key") }
        var lines: [String] = []
        for line in text.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
            let end = line.lastIndex { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
            if let end { lines.append(String(decoding: line[...end], as: UTF8.self)) }
        }
        guard let first = lines.first, let label = Self.label(first, "BEGIN") else {
            throw .malformed("there is no PEM block that begins with '-----BEGIN'")
        }
        self.label = label
        guard lines.count > 1, let last = lines.firstIndex(where: { Self.label($0, "END") == label }) else {
            throw .malformed("the PEM block '\(label)' has no end")
        }
        guard last == lines.count - 1 else { throw .malformed("there is more behind the PEM block '\(label)'") }
        guard let bytes = Base64.bytes(lines[1..<last].joined()), !bytes.isEmpty else {
            // Headers stand in blocks that OpenSSL encrypts in its old way.
            if lines[1].hasPrefix("Proc-Type:") { throw .encrypted(label) }
            throw .malformed("the PEM block '\(label)' is no base64")
        }
        self.bytes = bytes
    }

    /// nil for a line that is no such boundary.
    private static func label(_ line: String, _ kind: String) -> String? {
        let (prefix, suffix) = ("-----\(kind) ", "-----")
        guard line.hasPrefix(prefix), line.hasSuffix(suffix), line.utf8.count > prefix.utf8.count + suffix.utf8.count else {
            return nil
        }
        let label = line.dropFirst(prefix.count).dropLast(suffix.count)
        return label.utf8.allSatisfy { (0x20...0x7e).contains($0) } ? String(label) : nil
    }

    /// The bytes of a block that has this label.
    func bytes(labeled wanted: String, _ half: String) throws(KeyError) -> [UInt8] {
        if label == wanted { return bytes }
        switch label {
        case "PUBLIC KEY": throw .wrongHalf(found: "public", wanted: half)
        case "PRIVATE KEY": throw .wrongHalf(found: "private", wanted: half)
        case _ where label.contains("ENCRYPTED"): throw .encrypted(label)
        default: throw .unsupported("'\(label)'")
        }
    }
}
