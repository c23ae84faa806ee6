internal import LinuxTypes
internal import StrictTree

/// That a container's log could not be written, and what was lost.
public struct LogTrouble: Hashable, Sendable {
    public enum State: String, CaseIterable, Sendable {
        /// It cannot be written now; nothing need be lost yet.
        case failing
        /// It is written again.
        case recovered
        /// It has ended, and the rest was never written.
        case abandoned
    }

    public var state: State
    /// Bytes that are in no log.
    public var stdout: UInt64
    public var stderr: UInt64
    public var cause: String
    /// Nanoseconds since 1970.
    public var at: Int64

    public init(state: State, stdout: UInt64 = 0, stderr: UInt64 = 0, cause: String, at moment: Int64) {
        self.state = state
        self.stdout = stdout
        self.stderr = stderr
        self.cause = cause
        at = moment
    }

    func write(to json: inout JSONWriter) {
        json.member("state", state.rawValue)
        json.member("stdout", stdout)
        json.member("stderr", stderr)
        json.member("cause", text: cause)
        json.member("at", at)
    }

    init(_ value: Value) throws(TreeError) {
        var fields = try Fields(value)
        state = try fields.required("state").word()
        stdout = try fields.uint64("stdout") ?? 0
        stderr = try fields.uint64("stderr") ?? 0
        cause = try fields.string("cause") ?? ""
        at = try fields.required("at").integer
    }
}

extension LogTrouble {
    /// What is in no log, as `12 bytes of stdout lost`; empty where nothing is.
    public var loss: String {
        let parts = [(stdout, "stdout"), (stderr, "stderr")].filter { $0.0 > 0 }
            .map { "\($0.0) \($0.0 == 1 ? "byte" : "bytes") of \($0.1)" }
        return parts.isEmpty ? "" : parts.joined(by: " and ") + " lost"
    }
}
