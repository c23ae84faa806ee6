/// Which objects are meant, by their labels, in Kubernetes' string form (`defaults.md`, section 7): `app=web,tier in (front, back),!canary`.
///
/// All requirements must hold; without any, every object is meant.
public struct LabelSelector: Hashable, Sendable {
    /// In the order of the text.
    public let requirements: [Requirement]

    /// One condition on one label.
    public struct Requirement: Hashable, Sendable {
        public let key: String
        public let condition: Condition

        public init(key: String, condition: Condition) {
            self.key = key
            self.condition = condition
        }

        /// Whether an object with these labels fulfills it.
        public func matches(_ labels: [String: String]) -> Bool {
            guard let label = labels[key] else { return condition.holdsForAbsent }
            switch condition {
            case .exists: return true
            case .doesNotExist: return false
            case .in(let values): return values.contains(label)
            case .notIn(let values): return !values.contains(label)
            case .greaterThan(let bound): return Int64(label).map { $0 > bound } ?? false
            case .lessThan(let bound): return Int64(label).map { $0 < bound } ?? false
            }
        }
    }

    /// What is asked of a label's value. `=` and `!=` are `in` and `notIn` with one value.
    public enum Condition: Hashable, Sendable {
        case exists
        case doesNotExist
        /// At least one; `in ()` has the empty one.
        case `in`(Set<String>)
        /// Holds where the label is absent, too.
        case notIn(Set<String>)
        /// A label that is no integer matches neither this nor the next.
        case greaterThan(Int64)
        case lessThan(Int64)

        var holdsForAbsent: Bool {
            switch self {
            case .doesNotExist, .notIn: true
            case .exists, .in, .greaterThan, .lessThan: false
            }
        }
    }

    public init(requirements: [Requirement]) { self.requirements = requirements }

    /// Parses the string form; blanks are free. Throws where it is none, and for keys and values that no label can have.
    public init(_ text: String) throws(SelectorError) {
        var parser = SelectorParser(text)
        requirements = try parser.requirements()
    }

    /// Whether an object with these labels is meant.
    public func matches(_ labels: [String: String]) -> Bool { requirements.allSatisfy { $0.matches(labels) } }
}
