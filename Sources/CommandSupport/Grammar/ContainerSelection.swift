/// Which containers a command acts on.
public enum ContainerSelection: Hashable, Sendable {
    case one(String)
    /// All whose ID the pattern matches somewhere, as `regexec(3)` does.
    case matching(Pattern)

    init(_ text: String, isPattern: Bool) throws(UsageError) {
        guard isPattern else {
            self = .one(text)
            return
        }
        do throws(PatternError) { self = .matching(try Pattern(text)) } catch {
            throw .wrong("'\(text)' is no regular expression: \(error)", hint: nil)
        }
    }
}
