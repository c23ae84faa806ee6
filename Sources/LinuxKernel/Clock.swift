import CLinux
import Glibc

/// A wall clock reading, `CLOCK_REALTIME`: for people; nothing is decided by it.
public struct WallTime: Hashable, Sendable {
    public let seconds: Int64
    public let nanoseconds: Int64

    /// `nanoseconds` is less than a second, and not negative.
    public init(seconds: Int64, nanoseconds: Int64) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    public static func now() -> WallTime {
        let time = reading(of: CLOCK_REALTIME)
        return WallTime(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }

    /// RFC 3339 in UTC with nine digits of the second, as `2026-11-23T21:57:00.123456789Z`.
    public var rfc3339: String {
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let rest = seconds - days * 86_400
        let (year, month, day) = Self.civil(days: days)
        let fraction = Self.padded(nanoseconds, 9)
        return "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
            + "T\(Self.padded(rest / 3600, 2)):\(Self.padded(rest / 60 % 60, 2)):\(Self.padded(rest % 60, 2)).\(fraction)Z"
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// The Gregorian date of a count of days since 1970-01-01. Years start in March here, so that the leap day is the last of its year.
    private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

/// `clock_gettime(3)`, which is no system call where the kernel gives programs its clocks (vdso). It cannot fail for a clock that exists.
private func reading(of clock: clockid_t) -> timespec {
    var time = timespec()
    clock_gettime(clock, &time)
    return time
}

/// Microseconds since the boot, `CLOCK_MONOTONIC`.
public func monotonicMicroseconds() -> Int64 {
    let time = reading(of: CLOCK_MONOTONIC)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
}

/// Nanoseconds since the boot, `CLOCK_MONOTONIC`.
public func monotonicNanoseconds() -> Int64 {
    let time = reading(of: CLOCK_MONOTONIC)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// Milliseconds since the boot, `CLOCK_BOOTTIME`: the time in which the machine was suspended counts.
public func bootMilliseconds() -> UInt64 {
    let time = reading(of: CLOCK_BOOTTIME)
    return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
}

/// The kernel's id of this boot, `/proc/sys/kernel/random/boot_id`: read once.
public func bootID() throws(KernelError) -> String { try firstBootID.get() }

private let firstBootID: Result<String, KernelError> = {
    // The kernel allocates as much as a reader of `/proc/sys` asks for: 16 KiB take it 80 µs.
    do throws(KernelError) { return .success(try readText("/proc/sys/kernel/random/boot_id", limit: 64)) } catch {
        return .failure(error)
    }
}()

/// Nanoseconds since 1970 by the wall clock: for people; nothing is decided by it.
public func wallNanoseconds() -> Int64 {
    let now = WallTime.now()
    return now.seconds * 1_000_000_000 + now.nanoseconds
}
