import CommandSupport
public import Journal
public import LinuxKernel

/// Why a verb did not do what it was asked: one line for a person, what usually mends it, and the exit code.
public struct Failure: Error, Hashable, Sendable {
    public let exit: ExitCode
    /// nil where nothing need be said.
    public let message: String?
    public let hint: String?

    public init(_ message: String, hint: String? = nil, exit: ExitCode = .failed) {
        self.exit = exit
        self.message = message
        self.hint = hint
    }

    private init(silent exit: ExitCode) {
        self.exit = exit
        message = nil
        hint = nil
    }

    /// The answer is no, which is said already, or needs no words.
    public static func silent(_ exit: ExitCode) -> Failure { Failure(silent: exit) }

    /// An error of the kernel, with what was being done.
    public init(_ error: KernelError, _ act: String) { self.init("\(act): \(error)") }

    /// An error of the journal, with what was being done.
    public init(_ error: JournalError, _ act: String) {
        let message = "\(act): \(error)"
        switch error {
        case .gap, .valueDamaged:
            self.init(message, hint: "'hull journal check' lists what is lost, 'hull journal repair' accepts it", exit: .marked)
        case .compacted(let revision):
            self.init(message, hint: "the oldest history there is begins at revision \(revision)", exit: .compacted)
        case .controlDamaged:
            self.init(message, hint: "'hull journal repair' makes a new one", exit: .failed)
        case .keyNotFound, .leaseNotFound, .noProcess:
            self.init(message, exit: .notFound)
        case .leaseWithoutDeadline, .leaseTime, .reservedKey:
            self.init(message, exit: .usage)
        case .tooManyLeases:
            self.init(message, hint: "'hull journal lease revoke' ends one")
        case .emptyKey, .valueProvided, .leaseProvided, .tooLarge, .tooManyOperations, .duplicateKey, .futureRevision:
            self.init(message, exit: .usage)
        case .busy:
            self.init(message, hint: "a stopped process keeps its lock: continue or end it")
        case .noSpace:
            self.init(message, hint: "'hull journal compact' gives space back")
        case .kernel, .refused, .notAJournal, .newerFormat, .readOnly, .syncFailed:
            self.init(message)
        }
    }
}
