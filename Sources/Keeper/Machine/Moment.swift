internal import LinuxKernel

/// When something happened, by both clocks: deadlines count on the one that nobody sets, records show the other.
public struct Moment: Hashable, Sendable {
    /// Milliseconds since the boot, suspended ones included.
    public var milliseconds: Int64
    /// Nanoseconds since 1970.
    public var wall: Int64

    public init(milliseconds: Int64, wall: Int64) {
        self.milliseconds = milliseconds
        self.wall = wall
    }

    public static func now() -> Moment { Moment(milliseconds: Int64(bootMilliseconds()), wall: wallNanoseconds()) }
}
