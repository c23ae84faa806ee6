import CLinux
import Glibc

/// A `timerfd_create(2)` of `CLOCK_BOOTTIME`: readable from a moment on, also where the machine was suspended meanwhile, and whatever is done to the wall
/// clock.
public struct BootTimer: ~Copyable, Sendable {
    private let handle: OwnedDescriptor

    /// `moment` in milliseconds since the boot; one that has passed is readable at once.
    public init(at moment: UInt64) throws(KernelError) {
        let clock = Int(CLOCK_BOOTTIME)
        let timer = OwnedDescriptor(
            try check("timerfd_create", "", systemCall(__NR_timerfd_create, clock, Int(O_CLOEXEC | O_NONBLOCK))))
        // A moment of zero would stop the timer.
        let first = timespec(tv_sec: Int(clamping: moment / 1000), tv_nsec: max(Int(moment % 1000) * 1_000_000, 1))
        var value = itimerspec(it_interval: timespec(), it_value: first)
        let argument = timer.descriptor.argument
        // TFD_TIMER_ABSTIME
        try check(
            "timerfd_settime", "", withUnsafePointer(to: &value) { systemCall(__NR_timerfd_settime, argument, 1, address($0), 0) }
        )
        handle = timer
    }

    public var descriptor: FileDescriptor { handle.descriptor }

    public consuming func release() -> OwnedDescriptor { handle }
}
