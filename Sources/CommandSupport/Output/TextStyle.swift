/// How text for people looks where it goes: on a terminal it may have colors and ends at the edge; in a file or a pipe it is plain and whole.
public struct TextStyle: Hashable, Sendable {
    /// How many characters a line of the terminal has; nil where nothing is cut.
    public var columns: Int?
    public var isColored: Bool

    public init(columns: Int? = nil, isColored: Bool = false) {
        self.columns = columns
        self.isColored = isColored
    }

    /// What programs read.
    public static let plain = TextStyle()

    /// What a text is about, for the eye alone: nothing is said by color that the words do not say.
    public enum Mood: Sendable {
        /// As it is to be.
        case good
        /// On its way, or held up.
        case busy
        /// In need of somebody.
        case bad
        /// Over, or beside the point.
        case faint
        case title
    }

    /// The text in the mood's color (SGR), where there are colors.
    public func paint(_ text: String, _ mood: Mood?) -> String {
        guard isColored, let mood, !text.isEmpty else { return text }
        let code =
            switch mood {
            case .good: "32"
            case .busy: "33"
            case .bad: "1;31"
            case .faint: "2"
            case .title: "1"
            }
        return "\u{1b}[\(code)m\(text)\u{1b}[0m"
    }

    /// A line that ends at the edge, its last character there is `…` where something was cut. For text without colors.
    public func fit(_ line: String) -> String { columns.map { Self.cut(line, to: $0) } ?? line }

    static func cut(_ text: String, to columns: Int) -> String {
        guard text.unicodeScalars.count > columns else { return text }
        var cut = String.UnicodeScalarView()
        cut.append(contentsOf: text.unicodeScalars.prefix(max(0, columns - 1)))
        return String(cut) + "…"
    }
}
