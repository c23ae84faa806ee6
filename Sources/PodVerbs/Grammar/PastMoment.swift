import CommandSupport
import LinuxKernel

/// When something is looked at: at a revision of the journal, or at a time.
public enum PastMoment: Hashable, Sendable {
    case revision(Int64)
    /// Nanoseconds since 1970.
    case time(Int64)
    /// Nanoseconds before now.
    case ago(Int64)

    static let option = Option(
        "at", value: "WHEN", help: "as it was: at a revision (1200), a time (2026-11-29T10:00:00Z), or so long ago (10m)")

    init(_ text: String, _ reader: ArgumentReader) throws(UsageError) {
        if let revision = Int64(text), revision > 0 {
            self = .revision(revision)
        } else if let age = DurationText.nanoseconds(text), !text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
            self = .ago(age)
        } else if let time = WallTime(rfc3339: text) {
            self = .time(time.seconds * 1_000_000_000 + time.nanoseconds)
        } else {
            throw reader.wrong(
                "--at is a revision, a time as 2026-11-29T10:00:00Z, or how long ago, as 10m, not '\(text)'")
        }
    }
}
