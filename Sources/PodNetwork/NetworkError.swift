import Journal
import LinuxKernel
import Netlink
import StrictTree

/// Why a pod has no network, or still has one.
public struct NetworkError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// What the operator asked for cannot be: bad values, a subnet in use.
        case refused
        /// A port of the host is another pod's.
        case taken
        /// Another process works on the network and does not come to an end.
        case busy
        /// The kernel, the journal or a plugin failed.
        case failed
    }

    public let kind: Kind
    /// One line in lower case, the cause last.
    public let message: String
    /// What a person can do about it.
    public let hint: String?
    /// What went wrong while the failed set-up was undone; what is left then is found by `check`.
    public var undoing: String?

    public init(_ kind: Kind, _ message: String, hint: String? = nil) {
        self.kind = kind
        self.message = message
        self.hint = hint
    }

    public var description: String { message + (undoing.map { " (and while undoing it: \($0))" } ?? "") }
}

/// Turns errors of layers below into errors of this one, with what was being done.
func during<Result: ~Copyable, Failure: Error>(
    _ context: @autoclosure () -> String, _ body: () throws(Failure) -> Result
) throws(NetworkError) -> Result {
    do throws(Failure) { return try body() } catch {
        if let error = error as? NetworkError { throw error }
        throw NetworkError(.failed, "\(context()): \(error)")
    }
}
