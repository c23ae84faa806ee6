public import Cgroups
public import InitProtocol
import Journal
public import LinuxKernel
import LinuxTypes
public import SeccompFilter
public import StrictTree

/// Why a verb could not do what was asked: one line for a person, cause last, and at most one hint.
public struct RuntimeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What callers tell apart without reading the text.
    public enum Kind: Hashable, Sendable {
        case invalid, exists, missing, wrongStatus, busy, failed
        /// The container's program could not be executed.
        case program
    }

    public let kind: Kind
    public private(set) var message: String
    /// What usually mends it.
    public var hint: String?
    /// What the container's init reported, where it did.
    public private(set) var initFailure: InitFailure?
    /// Whether the kernel killed the container's init for want of memory.
    public var ranOutOfMemory = false
    /// Clean-up that failed as well. It never replaces the error itself.
    public private(set) var cleanupFailures: [String] = []

    public init(_ kind: Kind = .failed, _ message: String, hint: String? = nil) {
        self.kind = kind
        self.message = message
        self.hint = hint
    }

    /// The message, with what failed behind it.
    public var description: String {
        cleanupFailures.isEmpty ? message : "\(message) (and cleaning up failed: \(cleanupFailures.joined(separator: "; ")))"
    }

    /// The same error, with what it was made of.
    func made(of failure: InitFailure) -> RuntimeError {
        var copy = self
        copy.initFailure = failure
        return copy
    }

    /// The same error seen from further out: `context: message`.
    public func adding(_ context: String) -> RuntimeError {
        var copy = self
        copy.message = "\(context): \(message)"
        return copy
    }

    /// The same error, with a clean-up that failed after it.
    public func addingCleanup(_ failure: String) -> RuntimeError {
        var copy = self
        copy.cleanupFailures.append(failure)
        return copy
    }
}

extension RuntimeError {
    public init(_ error: KernelError, _ context: String = "") {
        self.init(.failed, context.isEmpty ? error.description : "\(context): \(error)", hint: Self.hint(for: error))
    }

    init(_ error: JournalError, _ context: String) {
        if case .kernel(let cause) = error {
            self.init(cause, context)
        } else {
            self.init(.failed, "\(context): \(error)")
        }
    }

    public init(_ error: TreeError, file: String) {
        self.init(.invalid, "\(file): \(error)")
    }

    public init(_ error: CgroupError) { self.init(.failed, "\(error)") }

    public init(_ error: SeccompError) {
        var hint: String?
        if case .unfinished = error {
            hint = "rules with several 'args' for one system call are what it stumbles over: write fewer, or split them"
        }
        self.init(.invalid, "\(error)", hint: hint)
    }

    /// A value of the configuration that cannot be honoured.
    static func refused(_ pointer: String, _ reason: String) -> RuntimeError {
        RuntimeError(.invalid, "config.json: \(pointer): \(reason)")
    }

    private static func hint(for error: KernelError) -> String? {
        switch error.errno {
        case .EPERM where effectiveUID() != 0: "hull-runtime needs root"
        case .EMFILE, .ENFILE: "raise the limit of open files (ulimit -n)"
        case .ENOSPC where error.call == "clone3": "raise the limit in /proc/sys/user/max_*_namespaces"
        default: nil
        }
    }
}

/// Turns kernel errors into runtime errors with a context.
@inline(__always)
func during<Result: ~Copyable>(
    _ context: String, _ body: () throws(KernelError) -> Result
) throws(RuntimeError) -> Result {
    do throws(KernelError) { return try body() } catch { throw RuntimeError(error, context) }
}
