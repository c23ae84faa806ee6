/// An option that a command knows.
public struct Option: Sendable {
    /// Without dashes, as `bundle`.
    public let name: String
    /// The letter behind one dash, as `b`.
    public let letter: Unicode.Scalar?
    /// What stands for its value in the help, as `DIR`; nil for one that is on or off.
    public let value: String?
    /// A few words for the help, lower case.
    public let help: String

    /// One that takes a value.
    public init(_ name: String, _ letter: Unicode.Scalar? = nil, value: String, help: String) {
        self.name = name
        self.letter = letter
        self.value = value
        self.help = help
    }

    /// One that is on where it is given.
    public init(_ name: String, _ letter: Unicode.Scalar? = nil, help: String) {
        self.name = name
        self.letter = letter
        value = nil
        self.help = help
    }

    /// `-b, --bundle DIR`
    var synopsis: String {
        let letter = letter.map { "-\($0), " } ?? "    "
        return letter + "--" + name + (value.map { " " + $0 } ?? "")
    }
}
