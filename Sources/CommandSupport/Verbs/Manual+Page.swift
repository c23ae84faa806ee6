extension Manual {
    /// The manual as a page for `man(1)`: the same words as `text`.
    public func page(named name: String) -> String {
        var page = Roff(name, effect: String(about.prefix { $0 != "." && $0 != ":" }))
        page.heading("SYNOPSIS")
        page.paragraph("\(program) \(synopsis)")
        page.heading("DESCRIPTION")
        page.paragraph(about)
        if !options.isEmpty {
            page.heading("OPTIONS")
            for option in options { page.item(option.synopsis.drop { $0 == " " }, option.help) }
        }
        page.heading("EXAMPLES")
        for example in examples { page.item(example.line, example.effect) }
        page.seeAlso()
        return page.text
    }

    /// A text that is laid out already, as a page.
    public static func page(named name: String, effect: String, of text: String) -> String {
        var page = Roff(name, effect: effect)
        page.heading("DESCRIPTION")
        page.verbatim(text)
        page.seeAlso()
        return page.text
    }

    /// Options by name, for who completes words.
    public var words: [(option: String, takesValue: Bool)] {
        options.flatMap { option in
            [("--" + option.name, option.value != nil)] + (option.letter.map { [("-\($0)", option.value != nil)] } ?? [])
        }
    }
}

/// A page in the language of `man(7)`.
private struct Roff {
    private(set) var text: String

    init(_ name: String, effect: String) {
        text = ".TH \"\(name.uppercased())\" 1 \"\" \"Hull \(Version.number)\"\n"
        heading("NAME")
        text += Self.escaped(name) + " \\- " + Self.escaped(Self.lowered(effect)) + "\n"
    }

    /// As names of pages go on: without a capital, but for a name.
    private static func lowered(_ effect: String) -> String {
        let word = effect.prefix { $0 != " " }
        guard word.dropFirst().allSatisfy(\.isLowercase) else { return effect }
        return word.lowercased() + effect.dropFirst(word.count)
    }

    mutating func heading(_ title: String) { text += ".SH \(title)\n" }
    mutating func paragraph(_ words: String) { text += Self.escaped(words) + "\n" }

    mutating func item(_ term: some StringProtocol, _ effect: String) {
        text += ".TP\n.B " + Self.escaped(String(term)) + "\n" + Self.escaped(effect) + "\n"
    }

    mutating func verbatim(_ words: String) { text += ".nf\n" + Self.escaped(words) + ".fi\n" }
    mutating func seeAlso() { text += ".SH SEE ALSO\n.BR hull (1)\n" }

    /// A backslash and a dash are what they look like, and no line begins with what would be a command.
    private static func escaped(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            var escaped = ""
            for scalar in line.unicodeScalars {
                switch scalar {
                case "\\": escaped += "\\e"
                case "-": escaped += "\\-"
                default: escaped.unicodeScalars.append(scalar)
                }
            }
            return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
        }.joined(separator: "\n")
    }
}
