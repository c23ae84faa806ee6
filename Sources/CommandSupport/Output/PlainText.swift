/// Text that comes from elsewhere, made fit for a terminal: one line, and no control that the terminal would obey.
public enum PlainText {
    /// Control characters as `\n`, `\t`, `\r` or `\x1b`; everything else as it is.
    public static func line(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { line.appendEscaped(scalar) }
        return String(line)
    }

    /// C0, DEL and C1.
    static func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) }
}

extension String.UnicodeScalarView {
    /// Appends a scalar, a control as its escape.
    mutating func appendEscaped(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\n": append(contentsOf: "\\n".unicodeScalars)
        case "\t": append(contentsOf: "\\t".unicodeScalars)
        case "\r": append(contentsOf: "\\r".unicodeScalars)
        case _ where PlainText.isControl(scalar):
            let digits = String(scalar.value, radix: 16)
            append(contentsOf: ("\\x" + (digits.utf8.count < 2 ? "0" : "") + digits).unicodeScalars)
        default: append(scalar)
        }
    }
}
