public import StrictTree

extension JSONPath {
    /// What the template comes to for a document.
    public func text(of document: Value) throws(TreeError) -> String {
        var text = ""
        try Self.write(parts, Place(root: document, current: document), to: &text)
        return text
    }

    /// Where a path begins.
    private struct Place {
        let root: Value
        let current: Value
    }

    private static func write(_ parts: [Part], _ place: Place, to text: inout String) throws(TreeError) {
        for part in parts {
            switch part {
            case .text(let literal): text += literal
            case .value(let path):
                for (number, value) in try values(of: path, place).enumerated() {
                    if number > 0 { text += " " }
                    text += try word(for: value)
                }
            case .range(let path, let inner):
                for value in try values(of: path, place) { try write(inner, Place(root: place.root, current: value), to: &text) }
            }
        }
    }

    /// A text without quotes, all else as JSON.
    private static func word(for value: Value) throws(TreeError) -> String {
        if value.kind == .string { return try value.anyString }
        var json = JSONWriter()
        json.canonicalElement(value)
        return json.string
    }

    // MARK: Paths

    private static func values(of path: Path, _ place: Place) throws(TreeError) -> [Value] {
        var values = [path.isAbsolute ? place.root : place.current]
        for step in path.steps {
            var following: [Value] = []
            for value in values { following += try take(step, from: value, place) }
            values = following
        }
        return values
    }

    private static func take(_ step: Step, from value: Value, _ place: Place) throws(TreeError) -> [Value] {
        switch step {
        case .field(let name):
            guard value.kind == .object else { return [] }
            return try value.member(name).map { [$0] } ?? []
        case .all: return try children(of: value)
        case .element(let number):
            guard value.kind == .array else { return [] }
            let elements = Array(try value.array)
            let index = number < 0 ? elements.count + number : number
            return elements.indices.contains(index) ? [elements[index]] : []
        case .slice(let from, let to, let step):
            guard value.kind == .array else { return [] }
            let elements = Array(try value.array)
            let (first, last) = (bound(from, elements.count) ?? 0, bound(to, elements.count) ?? elements.count)
            return first < last ? stride(from: first, to: last, by: step).map { elements[$0] } : []
        case .union(let steps):
            var taken: [Value] = []
            for step in steps { taken += try take(step, from: value, place) }
            return taken
        case .descent:
            var taken = [value]
            for child in try children(of: value) { taken += try take(.descent, from: child, place) }
            return taken
        case .filter(let filter):
            var taken: [Value] = []
            for child in try children(of: value) where try isMet(filter, Place(root: place.root, current: child)) {
                taken.append(child)
            }
            return taken
        }
    }

    /// A place among so many, from the end where it is negative.
    private static func bound(_ number: Int?, _ count: Int) -> Int? {
        number.map { min(max($0 < 0 ? count + $0 : $0, 0), count) }
    }

    private static func children(of value: Value) throws(TreeError) -> [Value] {
        switch value.kind {
        case .array: Array(try value.array)
        case .object: try value.members.map(\.value)
        default: []
        }
    }

    // MARK: Filters

    /// What can be compared.
    private enum Scalar: Equatable {
        case string(String)
        case number(Double)
        case bool(Bool)
    }

    private static func isMet(_ filter: Filter, _ place: Place) throws(TreeError) -> Bool {
        guard let comparison = filter.comparison, let right = filter.right else {
            guard case .path(let path) = filter.left else { return false }
            return try !values(of: path, place).isEmpty
        }
        guard let left = try scalar(filter.left, place), let right = try scalar(right, place) else { return false }
        switch comparison {
        case .equal: return left == right
        case .unequal: return left != right
        case .less: return isLess(left, right)
        case .greater: return isLess(right, left)
        case .atMost: return left == right || isLess(left, right)
        case .atLeast: return left == right || isLess(right, left)
        }
    }

    /// false for what has no order, as a text and a number.
    private static func isLess(_ left: Scalar, _ right: Scalar) -> Bool {
        switch (left, right) {
        case (.number(let left), .number(let right)): left < right
        case (.string(let left), .string(let right)): left < right
        default: false
        }
    }

    /// nil for what is not there, or is no scalar.
    private static func scalar(_ operand: Operand, _ place: Place) throws(TreeError) -> Scalar? {
        switch operand {
        case .string(let text): return .string(text)
        case .number(let number): return .number(number)
        case .bool(let value): return .bool(value)
        case .path(let path):
            guard let value = try values(of: path, place).first else { return nil }
            switch value.kind {
            case .string: return .string(try value.anyString)
            case .number: return Double(try value.numberText).map { .number($0) }
            case .bool: return .bool(try value.bool)
            case .null, .array, .object: return nil
            }
        }
    }
}
