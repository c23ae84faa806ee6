public import Journal
public import LinuxKernel
public import StrictTree

/// Why a keeper cannot keep its pod.
public enum KeeperError: Error, Sendable, CustomStringConvertible {
    /// Another keeper has the pod.
    case taken
    /// The journal knows no pod of this uid.
    case unknownPod(String)
    case kernel(KernelError, doing: String)
    case journal(JournalError, doing: String)
    /// A record that this version cannot read.
    case record(TreeError, of: String)

    public var description: String {
        switch self {
        case .taken: "another keeper has the pod"
        case .unknownPod(let uid): "there is no pod with the uid '\(uid)'"
        case .kernel(let error, let act): "\(act): \(error)"
        case .journal(let error, let act): "\(act): \(error)"
        case .record(let error, let what): "the record of \(what) cannot be read: \(error)"
        }
    }
}

/// Turns errors of the kernel into the keeper's with what was being done.
func during<Result: ~Copyable>(
    _ act: @autoclosure () -> String, _ body: () throws(KernelError) -> Result
) throws(KeeperError) -> Result {
    do throws(KernelError) { return try body() } catch { throw .kernel(error, doing: act()) }
}

/// The same for the journal's.
func journaling<Result>(
    _ act: @autoclosure () -> String, _ body: () throws(JournalError) -> Result
) throws(KeeperError) -> Result {
    do throws(JournalError) { return try body() } catch { throw .journal(error, doing: act()) }
}
