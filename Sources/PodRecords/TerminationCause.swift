/// Who or what ended an attempt to run a container, as far as its keeper knows.
public enum TerminationCause: String, CaseIterable, Sendable {
    /// Its program ended by itself.
    case itself = "exit"
    /// It ended after the stop signal that the keeper had sent, within its time.
    case stopSignal = "stop-signal"
    /// The keeper killed it, since its time was over.
    case graceOver = "grace-over"
    /// The kernel killed in its cgroup for want of memory.
    case outOfMemory = "out-of-memory"
    /// A signal killed it that was not the keeper's. The kernel does not tell who sent it.
    case signal = "signal"
    /// Its program was never executed.
    case notStarted = "not-started"
    /// Nobody saw it end.
    case unseen = "unseen"
}
