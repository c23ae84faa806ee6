/// A template as `kubectl -o jsonpath=` takes it: text that stands as it is, and expressions in braces that pick values of a document.
///
/// Kubernetes documentation, "JSONPath Support": `$`, `@`, `.name`, `['name']`, `..`, `*`, `[n]`, `[from:to:step]`, `[a,b]`, `[?(@.x == "y")]`, `{range …}…{end}` and
/// quoted text. Several values of an expression are parted by a space; what is not there prints nothing.
public struct JSONPath: Hashable, Sendable {
    let parts: [Part]

    /// A piece of the template.
    indirect enum Part: Hashable, Sendable {
        case text(String)
        case value(Path)
        /// For each value, the pieces with it as the current one.
        case range(Path, [Part])
    }

    /// From where, and how on from there.
    struct Path: Hashable, Sendable {
        /// From the document itself, not from the current value.
        var isAbsolute: Bool
        var steps: [Step]
    }

    indirect enum Step: Hashable, Sendable {
        case field(String)
        /// All members' values, or all elements.
        case all
        /// From the end where it is negative.
        case element(Int)
        /// nil is the beginning, the end, and one by one.
        case slice(from: Int?, to: Int?, step: Int)
        /// Several of the above, one after the other.
        case union([Step])
        /// The value itself and all that is in it.
        case descent
        case filter(Filter)
    }

    /// What an element must be for being picked.
    struct Filter: Hashable, Sendable {
        var left: Operand
        /// nil: the left side is there.
        var comparison: Comparison?
        var right: Operand?
    }

    enum Operand: Hashable, Sendable {
        case path(Path)
        case string(String)
        case number(Double)
        case bool(Bool)
    }

    enum Comparison: String, CaseIterable, Hashable, Sendable {
        // Order: the longer first, of which the others are beginnings.
        case equal = "=="
        case unequal = "!="
        case atMost = "<="
        case atLeast = ">="
        case less = "<"
        case greater = ">"
    }
}

/// Where a template means nothing, and why.
public struct JSONPathError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
}
