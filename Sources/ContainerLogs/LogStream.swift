/// Which of a container's streams a record is of. All that a terminal shows is `stdout`.
public enum LogStream: Hashable, Sendable {
    case stdout
    case stderr

    /// As it stands in a record.
    public var name: String { self == .stdout ? "stdout" : "stderr" }
}

/// One value for each stream.
struct PerStream<Value> {
    var stdout: Value
    var stderr: Value

    init(_ value: Value) {
        stdout = value
        stderr = value
    }

    subscript(stream: LogStream) -> Value {
        get { stream == .stdout ? stdout : stderr }
        set { if stream == .stdout { stdout = newValue } else { stderr = newValue } }
    }
}

extension PerStream: Sendable where Value: Sendable {}
