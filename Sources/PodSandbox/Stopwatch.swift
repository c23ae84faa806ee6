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

    /// What went by was these, and what is left of it belongs to the last.
    mutating func note(_ parts: StartLedger) {
        let now = monotonicMicroseconds()
        var left = now - last
        for step in parts.steps.dropLast() {
            ledger.add(step.name, microseconds: step.microseconds)
            left -= step.microseconds
        }
        if let rest = parts.steps.last { ledger.add(rest.name, microseconds: left) }
        last = now
    }
}
