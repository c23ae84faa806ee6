/// A closed list of names in the Pod API, a row of `enums.tsv`.
public protocol FieldChoice: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
    /// What the names are, for messages, as `restart policy`.
    static var noun: String { get }
}
