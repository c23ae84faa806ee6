/// One field on which Hull and the peers are not all of one mind.
struct Difference: Sendable, Hashable, CustomStringConvertible {
    let caseName: String
    let field: String
    let values: [String: String]  // by runtime

    /// The field without the number of the document it is from.
    var plainField: String {
        guard let colon = field.firstIndex(of: ":"), field[..<colon].allSatisfy(\.isNumber) else { return field }
        return String(field[field.index(after: colon)...])
    }

    /// The peers show different things, or only one of them came to show this.
    var peersDisagree: Bool {
        let peers = values.filter { $0.key != Runtime.hull.name }.values
        return peers.count < 2 || Set(peers).count > 1
    }

    var description: String {
        "\(caseName): \(field): " + values.sorted { $0.key < $1.key }.map { "\($0.key) '\($0.value)'" }.joined(separator: ", ")
    }
}

/// Compares what several runtimes showed of one case, field by field. A runtime whose container never came to report differs in
/// `documents` (and `exit`), not also in every field of the report.
func differences(in caseName: String, _ observations: [Observation]) -> [Difference] {
    let fields = observations.reduce(into: Set<String>()) { $0.formUnion($1.fields.keys) }
    return fields.sorted().compactMap { field in
        let comparable = observations.filter { $0.fields[field] != nil || $0.reported(field) }
        let values = Dictionary(uniqueKeysWithValues: comparable.map { ($0.runtime, $0.fields[field] ?? "absent") })
        guard Set(values.values).count > 1 else { return nil }
        return Difference(caseName: caseName, field: field, values: values)
    }
}

/// A pattern with `*` for any characters.
func matches(_ text: some StringProtocol, pattern: some StringProtocol) -> Bool {
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
    guard parts.count > 1 else { return text == pattern }
    var rest = Substring(text)
    guard rest.hasPrefix(parts[0]) else { return false }
    rest = rest.dropFirst(parts[0].count)
    for part in parts.dropFirst().dropLast() {
        guard let found = rest.firstRange(of: part) else { return false }
        rest = rest[found.upperBound...]
    }
    return rest.count >= parts.last!.count && rest.hasSuffix(parts.last!)
}
