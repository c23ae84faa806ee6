extension JSONPath {
    public init(_ text: String) throws(JSONPathError) {
        var reader = Reader(text)
        parts = try reader.parts(inRange: false)
    }

    /// A cursor over the template, by scalars.
    private struct Reader {
        private let scalars: [Unicode.Scalar]
        private var place = 0

        init(_ text: String) { scalars = Array(text.unicodeScalars) }

        private var next: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

        private func fail(_ message: String) -> JSONPathError {
            JSONPathError(description: "\(message), at character \(place + 1)")
        }

        private mutating func take(_ word: String) -> Bool {
            let wanted = Array(word.unicodeScalars)
            guard place + wanted.count <= scalars.count, Array(scalars[place..<place + wanted.count]) == wanted else {
                return false
            }
            place += wanted.count
            return true
        }

        private mutating func expect(_ word: String) throws(JSONPathError) {
            guard take(word) else { throw fail("expected '\(word)'") }
        }

        private mutating func skipSpaces() { while next == " " || next == "\t" { place += 1 } }

        // MARK: The template

        mutating func parts(inRange: Bool) throws(JSONPathError) -> [Part] {
            var parts: [Part] = []
            var text = ""
            func flush() {
                if !text.isEmpty { parts.append(.text(text)) }
                text = ""
            }
            while let scalar = next {
                guard scalar == "{" else {
                    text.unicodeScalars.append(scalar)
                    place += 1
                    continue
                }
                flush()
                place += 1
                skipSpaces()
                if takeWord("end") {
                    guard inRange else { throw fail("'end' without 'range'") }
                    try close()
                    return parts
                }
                if takeWord("range") {
                    skipSpaces()
                    let path = try path()
                    try close()
                    parts.append(.range(path, try self.parts(inRange: true)))
                } else if next == "\"" || next == "'" {
                    parts.append(.text(try quoted()))
                    try close()
                } else {
                    parts.append(.value(try path()))
                    try close()
                }
            }
            flush()
            if inRange { throw fail("'range' without '{end}'") }
            return parts
        }

        private mutating func close() throws(JSONPathError) {
            skipSpaces()
            try expect("}")
        }

        /// A word that is not the beginning of a longer one.
        private mutating func takeWord(_ word: String) -> Bool {
            let start = place
            if take(word), next.map({ !Self.isNamePart($0) }) ?? true { return true }
            place = start
            return false
        }

        // MARK: Paths

        private mutating func path() throws(JSONPathError) -> Path {
            var path = Path(isAbsolute: false, steps: [])
            if take("$") { path.isAbsolute = true } else { _ = take("@") }
            // `{items}` is `{.items}`.
            if let scalar = next, Self.isNamePart(scalar), scalar != "-" { path.steps.append(.field(try name())) }
            while let scalar = next {
                if take("..") {
                    path.steps.append(.descent)
                    if next == "[" { continue }
                    path.steps.append(try nameStep())
                } else if scalar == "." {
                    place += 1
                    // `.` alone is the value itself.
                    guard let following = next, following == "*" || Self.isNamePart(following) || following == "\\" else {
                        if next == "[" { continue }
                        break
                    }
                    path.steps.append(try nameStep())
                } else if scalar == "[" {
                    path.steps.append(try bracket())
                } else {
                    break
                }
            }
            return path
        }

        private mutating func nameStep() throws(JSONPathError) -> Step { take("*") ? .all : .field(try name()) }

        /// With `\.` for a dot that belongs to it.
        private mutating func name() throws(JSONPathError) -> String {
            var name = ""
            while let scalar = next {
                if scalar == "\\", place + 1 < scalars.count {
                    name.unicodeScalars.append(scalars[place + 1])
                    place += 2
                } else if Self.isNamePart(scalar) {
                    name.unicodeScalars.append(scalar)
                    place += 1
                } else {
                    break
                }
            }
            guard !name.isEmpty else { throw fail("expected a name") }
            return name
        }

        private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || ["_", "-", "/"].contains(scalar)
        }

        private mutating func bracket() throws(JSONPathError) -> Step {
            try expect("[")
            skipSpaces()
            if take("?(") {
                let filter = try filter()
                skipSpaces()
                try expect(")")
                skipSpaces()
                try expect("]")
                return .filter(filter)
            }
            var choices = [try choice()]
            skipSpaces()
            while take(",") {
                skipSpaces()
                choices.append(try choice())
                skipSpaces()
            }
            try expect("]")
            return choices.count == 1 ? choices[0] : .union(choices)
        }

        private mutating func choice() throws(JSONPathError) -> Step {
            if take("*") { return .all }
            if next == "\"" || next == "'" { return .field(try quoted()) }
            let first = try number()
            guard take(":") else {
                guard let first else { return .field(try name()) }
                return .element(first)
            }
            let last = try number()
            let step = take(":") ? try number() ?? 1 : 1
            guard step > 0 else { throw fail("the step of a slice is 1 or more") }
            return .slice(from: first, to: last, step: step)
        }

        private mutating func number() throws(JSONPathError) -> Int? {
            let start = place
            if next == "-" { place += 1 }
            while let scalar = next, ("0"..."9").contains(scalar) { place += 1 }
            guard place > start else { return nil }
            let text = String(String.UnicodeScalarView(scalars[start..<place]))
            guard let number = Int(text) else { throw fail("'\(text)' is no number that counts elements") }
            return number
        }

        /// In quotes of either kind, with a backslash before what is meant literally; `\n` and `\t` as usual.
        private mutating func quoted() throws(JSONPathError) -> String {
            guard let quote = next else { throw fail("expected a text") }
            place += 1
            var text = ""
            while let scalar = next {
                place += 1
                if scalar == quote { return text }
                guard scalar == "\\", let escaped = next else {
                    text.unicodeScalars.append(scalar)
                    continue
                }
                place += 1
                switch escaped {
                case "n": text += "\n"
                case "t": text += "\t"
                case "r": text += "\r"
                default: text.unicodeScalars.append(escaped)
                }
            }
            throw fail("a text does not end")
        }

        // MARK: Filters

        private mutating func filter() throws(JSONPathError) -> Filter {
            skipSpaces()
            let left = try operand()
            skipSpaces()
            for comparison in Comparison.allCases where take(comparison.rawValue) {
                skipSpaces()
                return Filter(left: left, comparison: comparison, right: try operand())
            }
            guard case .path = left else { throw fail("expected a comparison") }
            return Filter(left: left, comparison: nil, right: nil)
        }

        private mutating func operand() throws(JSONPathError) -> Operand {
            if next == "@" || next == "$" { return .path(try path()) }
            if next == "\"" || next == "'" { return .string(try quoted()) }
            if takeWord("true") { return .bool(true) }
            if takeWord("false") { return .bool(false) }
            let start = place
            while let scalar = next, ("0"..."9").contains(scalar) || ["-", "+", ".", "e", "E"].contains(scalar) { place += 1 }
            let text = String(String.UnicodeScalarView(scalars[start..<place]))
            guard let number = Double(text) else { throw fail("expected a path from '@', a text, a number, true or false") }
            return .number(number)
        }
    }
}
