/// How `hull` ends. Scripts rely on the numbers: docs/hull-journal.md lists them.
public enum ExitCode: Int32, Sendable {
    case done = 0
    /// Anything that none of the others says.
    case failed = 1
    /// The words of the command line, or a file that was given, mean nothing.
    case usage = 2
    /// There is no such key, lease or process.
    case notFound = 3
    /// There is an answer, and lost history or damaged bytes may have changed it; or `check` found a loss.
    case marked = 4
    /// The history that was asked for has been compacted.
    case compacted = 5
    /// `txn --exit-code`: the comparisons did not hold.
    case unequal = 6
    /// The trust policy rejects the image.
    case untrusted = 7
}
