public import StrictTree

/// A tree as YAML, as kubectl prints it: block style, two spaces; strings plain where nothing else could be read from them, quoted as in JSON otherwise.
public enum YAMLText {
    public static func text(of root: Value) throws(TreeError) -> String {
        var text = ""
        try append(root, indent: 0, isInline: false, to: &text)
        return text
    }

    private static func append(_ value: Value, indent: Int, isInline: Bool, to text: inout String) throws(TreeError) {
        switch value.kind {
        case .object where try value.members.count > 0: try appendObject(value, indent, isInline, &text)
        case .array where try value.array.count > 0: try appendArray(value, indent, isInline, &text)
        case .object: text += " {}\n"
        case .array: text += " []\n"
        default: text += " " + (try scalar(value)) + "\n"
        }
    }

    /// `isInline`: the first line stands behind a dash.
    private static func appendObject(_ value: Value, _ indent: Int, _ isInline: Bool, _ text: inout String) throws(TreeError) {
        var isFirst = true
        for member in try value.members {
            text += isFirst && isInline ? " " : String(repeating: " ", count: indent)
            text += key(try member.key, indent) + ":"
            isFirst = false
            switch member.value.kind {
            case .object where try member.value.members.count > 0, .array where try member.value.array.count > 0:
                text += "\n"
                // A list stands at the level of its key.
                let deeper = member.value.kind == .object ? indent + 2 : indent
                try append(member.value, indent: deeper, isInline: false, to: &text)
            default: try append(member.value, indent: indent, isInline: false, to: &text)
            }
        }
    }

    private static func appendArray(_ value: Value, _ indent: Int, _ isInline: Bool, _ text: inout String) throws(TreeError) {
        var isFirst = true
        for element in try value.array {
            text += isFirst && isInline ? " -" : String(repeating: " ", count: indent) + "-"
            isFirst = false
            try append(element, indent: indent + 2, isInline: true, to: &text)
        }
    }

    private static func scalar(_ value: Value) throws(TreeError) -> String {
        switch value.kind {
        case .string: return quoted(try value.string)
        default:
            var json = JSONWriter()
            json.canonicalElement(value)
            return String(decoding: json.bytes, as: UTF8.self)
        }
    }

    /// A key of more than 1,024 characters is one only where that is said before: YAML 1.1, section 9.2.2, simple keys.
    private static func key(_ text: String, _ indent: Int) -> String {
        let key = quoted(text)
        return key.unicodeScalars.count > 1000 ? "? " + key + "\n" + String(repeating: " ", count: indent) : key
    }

    /// As it stands between double quotes: what YAML does not count as printable, or takes for the end of a line, is written as its number.
    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0x22, 0x5c: return "\\\(scalar)"
        case 0x09: return "\\t"
        case 0x0a: return "\\n"
        case 0x0d: return "\\r"
        case 0x20...0x7e, 0xa0...0x2027, 0x202a...0xd7ff, 0xe000...0xfefe, 0xff00...0xfffd, 0x10000...: return String(scalar)
        default:
            let digits = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
    }

    /// Plain where that is one word of harmless characters that is no number, no truth and no nothing.
    private static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty && text.utf8.allSatisfy { isHarmless($0) } && !looksLikeNumber(text)
            && !words.contains(text.lowercased())
            && text.utf8.first != UInt8(ascii: "-") && text.utf8.last != UInt8(ascii: ":") && !text.contains(": ")
        return isPlain ? text : "\"" + text.unicodeScalars.map(escaped).joined() + "\""
    }

    private static let words: Set<String> = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"]

    private static func isHarmless(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "+"),
            UInt8(ascii: "("), UInt8(ascii: ")"):
            true
        default: false
        }
    }

    /// Also what is a date or a time, or a number with base 60, to some readers.
    private static func looksLikeNumber(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return false }
        return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) || first == UInt8(ascii: ".") || first == UInt8(ascii: "+")
    }
}
