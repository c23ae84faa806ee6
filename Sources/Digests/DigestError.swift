/// Why a text is no digest that can be checked.
public enum DigestError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Not `algorithm:encoded` by the grammar, or not the lower-case hexadecimal of the right length.
    case malformed(String)
    /// By the grammar, and of an algorithm that is not checked here: it must not pass for checked.
    case unsupportedAlgorithm(String)

    public var description: String {
        switch self {
        case .malformed(let text):
            return "'\(text)' is no digest: expected sha256: and 64 lower-case hexadecimal digits, or sha512: and 128"
        case .unsupportedAlgorithm(let name): return "digests of '\(name)' cannot be checked: expected sha256 or sha512"
        }
    }
}
