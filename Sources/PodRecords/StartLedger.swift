/// What the time of a start went to: steps one after the other, without a gap between them.
public struct StartLedger: Hashable, Sendable {
    public struct Step: Hashable, Sendable {
        public var name: String
        public var microseconds: Int64

        public init(name: String, microseconds: Int64) {
            self.name = name
            self.microseconds = microseconds
        }
    }

    public private(set) var steps: [Step] = []

    public init() {}

    /// The sum of all.
    public var microseconds: Int64 { steps.reduce(0) { $0 + $1.microseconds } }

    public var isEmpty: Bool { steps.isEmpty }

    /// A clock that was set back makes no step shorter than nothing.
    public mutating func add(_ name: String, microseconds: Int64) {
        steps.append(Step(name: name, microseconds: max(0, microseconds)))
    }

    /// The steps of a part, each with the part's name before its own, and what is left of the part's whole time as `rest`.
    public mutating func add(_ part: String, _ ledger: StartLedger, whole: Int64, rest: String) {
        for step in ledger.steps { add("\(part): \(step.name)", microseconds: step.microseconds) }
        add("\(part): \(rest)", microseconds: whole - ledger.microseconds)
    }

    /// `name=microseconds`, with `;` between: how records and messages have it.
    public var text: String {
        var text = ""
        for step in steps {
            if !text.isEmpty { text += ";" }
            text += "\(step.name)=\(step.microseconds)"
        }
        return text
    }

    /// What is none is empty: nobody decides by it.
    public init(_ text: String) {
        for part in text.split(separator: ";") {
            guard let mark = part.lastIndex(of: "="), let number = Int64(part[part.index(after: mark)...]) else { continue }
            add(String(part[..<mark]), microseconds: number)
        }
    }
}
