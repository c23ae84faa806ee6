/// Why the words of a command line mean nothing.
public enum UsageError: Error, Hashable, Sendable {
    /// Nothing is wrong: the help of this command is wanted, of the program for nil.
    case helpRequested(command: String?)
    /// One line for a person, and what usually mends it.
    case wrong(String, hint: String?)

    /// A mistake in the words of a command, with the way to its help as the hint.
    static func wrong(_ message: String, of command: String?) -> UsageError {
        let help = command.map { "hull-runtime \($0) --help" } ?? "hull-runtime --help"
        return .wrong(message, hint: "see '\(help)'")
    }
}
