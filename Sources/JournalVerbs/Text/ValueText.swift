/// A value as a terminal may get it.
public enum ValueText {
    /// The bytes, or for a terminal what shows them: newlines and tabs as they are, what cannot be printed as `\xNN`.
    public static func bytes(_ value: [UInt8], forTerminal: Bool) -> [UInt8] {
        guard forTerminal else { return value }
        var text = String.UnicodeScalarView()
        forEach(value[...]) { scalar, bytes in
            if let scalar, scalar == "\n" || scalar == "\t" || KeyText.isPrintable(scalar) {
                text.append(scalar)
            } else {
                for byte in bytes { KeyText.append(&text, byte) }
            }
            return true
        }
        return Array(String(text).utf8)
    }

    /// The beginning of a value in one line.
    public static func excerpt(_ value: [UInt8], limit: Int = 60) -> String {
        var text = String.UnicodeScalarView()
        var count = 0
        forEach(value[...]) { scalar, bytes in
            guard count < limit else {
                text.append("…")
                return false
            }
            count += 1
            switch scalar {
            case "\n": text.append(contentsOf: "\\n".unicodeScalars)
            case "\t": text.append(contentsOf: "\\t".unicodeScalars)
            case .some(let scalar) where KeyText.isPrintable(scalar): text.append(scalar)
            default: for byte in bytes { KeyText.append(&text, byte) }
            }
            return true
        }
        return String(text)
    }

    /// Scalars with their bytes; a byte that is no part of one comes with nil. Ends where `body` says false.
    private static func forEach(_ bytes: ArraySlice<UInt8>, _ body: (Unicode.Scalar?, ArraySlice<UInt8>) -> Bool) {
        var rest = bytes
        while !rest.isEmpty {
            let found = KeyText.scalar(rest)
            let count = found?.1 ?? 1
            guard body(found?.0, rest.prefix(count)) else { return }
            rest = rest.dropFirst(count)
        }
    }
}
