internal import StrictTree

/// One thing that running a pod does: what, to what, and how.
public struct PlannedStep: Hashable, Sendable {
    /// What is done, in a few words.
    public let act: String
    /// What it is done to.
    public let object: String
    /// How, in an order of its own.
    public let details: [Detail]

    public struct Detail: Hashable, Sendable {
        public let key: String
        public let value: Value
    }

    public enum Value: Hashable, Sendable {
        case text(String)
        case list([String])
    }

    init(_ act: String, _ object: String, _ details: [Detail?] = []) {
        self.act = act
        self.object = object
        self.details = details.compactMap { $0 }
    }

    func write(to json: inout JSONWriter) {
        json.member("act", act)
        json.member("object", object)
        for detail in details {
            switch detail.value {
            case .text(let text): json.member(detail.key, text)
            case .list(let list): json.member(detail.key, list)
            }
        }
    }
}

extension PlannedStep.Detail {
    /// nil for nil.
    static func text(_ key: String, _ value: String?) -> PlannedStep.Detail? {
        value.map { PlannedStep.Detail(key: key, value: .text($0)) }
    }

    /// Also one of nothing, where that says something.
    static func list(_ key: String, _ values: [String]) -> PlannedStep.Detail {
        PlannedStep.Detail(key: key, value: .list(values))
    }

    /// nil where there is nothing in it.
    static func some(_ key: String, _ values: [String]) -> PlannedStep.Detail? { values.isEmpty ? nil : list(key, values) }
}
