/// What happened to a log that its owner may want to tell, as in the journal. None of them stops a container.
public enum LogEvent: Hashable, Sendable {
    /// The file cannot be written. Said once, until it can be again.
    case failing(LogError)
    /// The file is written again. What was lost meanwhile has its record in the log.
    case recovered(LogLoss)
    /// The log has ended, and this was never written.
    case abandoned(LogLoss)
    /// The file was rotated; the name of the one that is full.
    case rotated(String)
    /// The file is too long and cannot be rotated: it grows on. Said again each time another tenth of a file is written.
    case rotationFailed(LogError)
    /// A file that was there had half a record at its end.
    case repaired(LogRepair)
    /// Something that is no log had the name of this one, and has this name now.
    case setAside(String)
}
