import LinuxKernel

/// Times for people.
enum WallClock {
    /// RFC 3339 in UTC with microseconds, of nanoseconds since 1970.
    static func text(_ nanoseconds: Int64) -> String {
        let seconds = (nanoseconds >= 0 ? nanoseconds : nanoseconds - 999_999_999) / 1_000_000_000
        let time = WallTime(seconds: seconds, nanoseconds: nanoseconds - seconds * 1_000_000_000)
        return time.rfc3339.dropLast(4) + "Z"
    }
}
