public import LinuxKernel
import LinuxTypes

/// Why a log cannot be written or read.
public enum LogError: Error, Hashable, Sendable, CustomStringConvertible {
    case kernel(KernelError)
    /// There is something of this name, and it is no file of ours: a link, a device, a directory, a file with other names.
    case notALog(String)
    /// There is no file for this container and attempt.
    case noLog(String)

    public var description: String {
        switch self {
        case .kernel(let error): "\(error)"
        case .notALog(let name): "'\(name)' is no plain file of its own"
        case .noLog(let name): "there is no log '\(name)'"
        }
    }

    /// The cause in the fewest words, for a record in a log.
    var cause: String {
        guard case .kernel(let error) = self else { return description }
        return error.errno.description
    }
}

/// Runs a body of kernel calls.
@inline(__always)
func kernel<Result: ~Copyable>(_ body: () throws(KernelError) -> Result) throws(LogError) -> Result {
    do throws(KernelError) { return try body() } catch { throw .kernel(error) }
}
