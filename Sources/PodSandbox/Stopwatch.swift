internal import LinuxKernel
internal import PodRecords

/// Counts what the time of a job goes to, step after step.
struct Stopwatch {
    private(set) var ledger = StartLedger()
    private var last = monotonicMicroseconds()

    /// What went by since the step before was this one.
    mutating func note(_ step: String) {
        let now = monotonicMicroseconds()
        ledger.add(step, microseconds: now - last)
        last = now
    }
}
