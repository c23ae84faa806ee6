import CLinux
import Glibc

/// The value of a variable of our own environment, `getenv(3)`; nil where it is not set. For the edge: libraries are told what they need.
public func environmentValue(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    return String(cString: value)
}

/// `getegid(2)`.
public func effectiveGID() -> UInt32 { UInt32(truncatingIfNeeded: systemCall(__NR_getegid)) }
