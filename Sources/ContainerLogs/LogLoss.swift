/// Bytes of a container that are in no log, by stream, and why.
public struct LogLoss: Hashable, Sendable, CustomStringConvertible {
    public internal(set) var stdout: UInt64
    public internal(set) var stderr: UInt64
    /// The last error before it was lost; empty where nothing is.
    public internal(set) var cause: String

    public init(stdout: UInt64 = 0, stderr: UInt64 = 0, cause: String = "") {
        self.stdout = stdout
        self.stderr = stderr
        self.cause = cause
    }

    public var isEmpty: Bool { stdout == 0 && stderr == 0 }

    subscript(stream: LogStream) -> UInt64 {
        get { stream == .stdout ? stdout : stderr }
        set { if stream == .stdout { stdout = newValue } else { stderr = newValue } }
    }

    mutating func add(_ other: LogLoss) {
        stdout += other.stdout
        stderr += other.stderr
        if !other.isEmpty { cause = other.cause }
    }

    /// `12345 bytes of stdout and 17 bytes of stderr lost: no space left on device`
    public var description: String {
        var parts: [String] = []
        if stdout > 0 { parts.append(Self.text(stdout, .stdout)) }
        if stderr > 0 { parts.append(Self.text(stderr, .stderr)) }
        if parts.isEmpty { return "nothing lost" }
        return "\(parts.count == 1 ? parts[0] : parts[0] + " and " + parts[1]) lost: \(cause)"
    }

    private static func text(_ count: UInt64, _ stream: LogStream) -> String {
        "\(count) \(count == 1 ? "byte" : "bytes") of \(stream.name)"
    }
}
