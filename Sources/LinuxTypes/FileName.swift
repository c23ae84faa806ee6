/// One name in a directory, in the kernel's own form: 1 to 255 bytes in no particular encoding, without NUL and slash, and neither `.` nor `..`. So it
/// names something in its directory and nowhere else.
public struct FileName: Hashable, Sendable {
    /// With a NUL behind them.
    private let terminated: [UInt8]

    /// nil for what is no single name.
    public init?(_ bytes: some Collection<UInt8>) {
        guard !bytes.isEmpty, bytes.count <= Self.longest else { return nil }
        var terminated: [UInt8] = []
        terminated.reserveCapacity(bytes.count + 1)
        for byte in bytes {
            if byte == 0 || byte == UInt8(ascii: "/") { return nil }
            terminated.append(byte)
        }
        let dot = UInt8(ascii: ".")
        if terminated[0] == dot, terminated.count == 1 || terminated.count == 2 && terminated[1] == dot { return nil }
        terminated.append(0)
        self.terminated = terminated
    }

    /// nil for what is no single name.
    public init?(_ text: String) { self.init(Array(text.utf8)) }

    /// `NAME_MAX`, in bytes.
    public static let longest = 255

    public var bytes: ArraySlice<UInt8> { terminated.dropLast() }

    /// Calls `body` with the name as C has it.
    @inline(__always)
    public func withCString<Result>(_ body: (UnsafeRawPointer) -> Result) -> Result {
        terminated.withUnsafeBytes { buffer in
            // SAFETY: never empty, there is always the NUL.
            body(buffer.baseAddress.unsafelyUnwrapped)
        }
    }
}

extension FileName: CustomStringConvertible {
    /// For people: what is no printable UTF-8 is written as `\xNN`.
    public var description: String { printable(bytes) }
}

/// Bytes from outside as text for people: control characters and what is no UTF-8 as `\xNN`, a backslash doubled, and at most `limit` bytes of it.
public func printable(_ bytes: some Collection<UInt8>, limit: Int = 512) -> String {
    var text = ""
    let shown = Array(bytes.prefix(limit))
    var rest = shown[...]
    while let byte = rest.first {
        let length = byte < 0x80 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
        let part = rest.prefix(length)
        if byte >= 0x20, byte != 0x7f, let character = String(validating: part, as: UTF8.self),
            let scalar = character.unicodeScalars.first, !isControl(scalar)
        {
            text += byte == UInt8(ascii: "\\") ? "\\\\" : character
            rest = rest.dropFirst(part.count)
        } else {
            text += "\\x" + hexadecimal(byte >> 4) + hexadecimal(byte & 15)
            rest = rest.dropFirst()
        }
    }
    return bytes.count > limit ? text + "…" : text
}

/// C1 controls, and the marks that turn the direction of a terminal's text or end its line.
private func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7f..<0xa0, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069: return true
    default: return false
    }
}

private func hexadecimal(_ digit: UInt8) -> String {
    String(Unicode.Scalar(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10))
}
