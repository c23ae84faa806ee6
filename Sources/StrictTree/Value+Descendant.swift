extension Value {
    /// The value at a path as `path` writes it, counted from this one; nil where there is none.
    ///
    /// Keys in brackets and quotes are found as far as they hold no `']`.
    public func descendant(_ path: String) -> Value? {
        var value = self
        var rest = Substring(path)
        while !rest.isEmpty {
            guard let step = PathStep(&rest), let next = value.child(step) else { return nil }
            value = next
        }
        return value
    }

    private func child(_ step: PathStep) -> Value? {
        switch step {
        case .member(let key):
            // An error says that this is no object: then there is no such member.
            (try? member(key)) ?? nil
        case .element(let ordinal):
            // The same of an array.
            (try? array)?.dropFirst(ordinal).first { _ in true }
        }
    }
}

/// One step of a path.
private enum PathStep {
    case member(String)
    case element(Int)

    /// Takes a step from the front of the text; nil where it is none.
    init?(_ text: inout Substring) {
        if text.hasPrefix("['") {
            guard let end = text.firstRange(of: "']") else { return nil }
            self = .member(String(text[text.index(text.startIndex, offsetBy: 2)..<end.lowerBound]))
            text = text[end.upperBound...]
        } else if text.first == "[" {
            guard let end = text.firstIndex(of: "]"), let ordinal = Int(text[..<end].dropFirst()), ordinal >= 0 else {
                return nil
            }
            self = .element(ordinal)
            text = text[end...].dropFirst()
        } else {
            if text.first == "." { text.removeFirst() }
            let word = text.prefix { $0 != "." && $0 != "[" }
            guard !word.isEmpty else { return nil }
            self = .member(String(word))
            text = text[word.endIndex...]
        }
    }
}
