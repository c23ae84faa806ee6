internal import Cgroups
internal import ContainerRuntime
internal import ImageStore
internal import Journal
internal import LinuxKernel
internal import PodNetwork
public import PodRecords
internal import StrictTree

/// What went wrong about a pod: the act, the object and the cause in one line, and what a person can do about it.
public struct PodError: Error, Sendable, CustomStringConvertible {
    /// What callers decide by.
    public enum Kind: Sendable {
        /// The request or the manifest is wrong.
        case invalid
        /// There is no such pod, container or image.
        case missing
        /// There is one already.
        case exists
        /// The pod is in no state for it.
        case wrongState
        /// The history that was asked for has been given up.
        case compacted
        /// No keeper can be started for the pod.
        case noKeeper
        case failed
    }

    public let kind: Kind
    public let message: String
    public let hint: String?
    /// What programs decide by; nil where there is no word for it.
    public let fault: Fault?

    public init(_ kind: Kind, _ message: String, hint: String? = nil, fault: Fault? = nil) {
        self.kind = kind
        self.message = message
        self.hint = hint
        self.fault = fault
    }

    /// The same with a word for it, where it has none.
    func named(_ fault: Fault) -> PodError { PodError(kind, message, hint: hint, fault: self.fault ?? fault) }

    public var description: String { hint.map { "\(message) (\($0))" } ?? message }
}

extension PodError {
    init(_ error: KernelError, _ act: String) { self.init(.failed, "\(act): \(error)") }
    init(_ error: JournalError, _ act: String) {
        switch error {
        case .compacted(let revision):
            self.init(
                .compacted, "\(act): \(error)", hint: "the oldest history there is begins at revision \(revision)")
        case .futureRevision: self.init(.invalid, "\(act): \(error)")
        default: self.init(.failed, "\(act): \(error)")
        }
    }
    init(_ error: TreeError, _ what: String) { self.init(.failed, "\(what) cannot be read: \(error)") }
    init(_ error: RuntimeError) {
        self.init(
            .failed, error.message, hint: error.hint,
            fault: error.ranOutOfMemory ? .memoryTooSmall : error.initFailure.flatMap(Fault.init))
    }
    init(_ error: NetworkError) {
        self.init(.failed, error.description, hint: error.hint, fault: error.kind == .taken ? .hostPortTaken : .networkFailed)
    }
    init(_ error: CgroupError) { self.init(.failed, "\(error)") }
}

/// Turns errors of the kernel into a pod's with what was being done.
func during<Result: ~Copyable>(
    _ act: @autoclosure () -> String, _ body: () throws(KernelError) -> Result
) throws(PodError) -> Result {
    do throws(KernelError) { return try body() } catch { throw PodError(error, act()) }
}

/// The same for the journal's.
func journaling<Result>(
    _ act: @autoclosure () -> String, _ body: () throws(JournalError) -> Result
) throws(PodError) -> Result {
    do throws(JournalError) { return try body() } catch { throw PodError(error, act()) }
}

/// The same for the images'.
func imaging<Result: ~Copyable>(
    _ act: @autoclosure () -> String, _ body: () throws(ImageError) -> Result
) throws(PodError) -> Result {
    do throws(ImageError) { return try body() } catch {
        switch error {
        case .notFound:
            throw PodError(
                .missing, "\(act()): \(error)",
                hint: "'hull image load FILE' loads an archive or layout, 'hull image import' a root file system",
                fault: .missingImage)
        case .untrusted:
            throw PodError(
                .failed, "\(act()): \(error)", hint: "'hull image verify NAME' tells who signed", fault: .untrustedImage)
        case .user:
            throw PodError(
                .failed, "\(act()): \(error)", hint: "set runAsUser to a number, or put the user into the image's /etc/passwd",
                fault: .noSuchUser)
        default: throw PodError(.failed, "\(act()): \(error)")
        }
    }
}

/// The same for cgroups'.
func grouping<Result: ~Copyable>(_ body: () throws(CgroupError) -> Result) throws(PodError) -> Result {
    do throws(CgroupError) { return try body() } catch { throw PodError(error) }
}
