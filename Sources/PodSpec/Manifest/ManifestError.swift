import StrictTree

/// Why a manifest is refused: all that is wrong with it, not only the first.
public struct ManifestError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file, as its reader called it.
    public let name: String
    /// In the order of the text; at least one.
    public let problems: [Problem]
    /// How many more there are than the list holds.
    public let omitted: Int

    public init(name: String, problems: [Problem], omitted: Int = 0) {
        self.name = name
        self.problems = problems
        self.omitted = omitted
    }

    /// One line for each, as `web.yaml:12:14: spec.dnsPolicy: unknown DNS policy 'none'; did you mean 'None'?`.
    public var lines: [String] {
        var lines = problems.map { problem in
            let place = problem.position.map { ":\($0.line):\($0.column)" } ?? ""
            return "\(name)\(place): " + (problem.path.isEmpty ? "" : problem.path + ": ") + problem.message
        }
        if omitted > 0 { lines.append("\(name): and \(omitted) more") }
        return lines
    }

    public var description: String {
        lines.reduce(into: "") { text, line in text += text.isEmpty ? line : "\n" + line }
    }
}
