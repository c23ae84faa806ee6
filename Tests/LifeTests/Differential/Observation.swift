/// What one runtime's container saw, flattened to fields, with everything replaced that differs from run to run.
struct Observation: Sendable {
    let runtime: String
    let fields: [String: String]
    let leaks: [String]
    let errors: String

    /// Whether the container's program came to do something.
    var ran: Bool { fields["documents"] != "0" || fields["exit"] == "0" || fields["text line 1"] != nil }

    /// Whether the document that a field is from was seen at all.
    func reported(_ field: String) -> Bool {
        let number = field.firstIndex(of: ":").flatMap { Int(field[..<$0]) } ?? 1
        return number <= Int(fields["documents"] ?? "0") ?? 0 || field.hasPrefix("text line")
    }

    init(runtime: String, outcome: Outcome, leaks: [String], namespaceNames: String) {
        var names: [String: String] = [:]
        for line in namespaceNames.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2 { names[String(words[1])] = String(words[0]) }
        }
        var fields: [String: String] = ["exit": outcome.timedOut ? "timed out" : String(outcome.code)]
        var documents = 0
        var text: [String] = []
        for line in outcome.output.split(whereSeparator: \.isNewline) {
            guard line.hasPrefix("{\"descriptors\""), let document = try? JSONValue(parsing: String(line)) else {
                text.append(String(line))
                continue
            }
            documents += 1
            let prefix = documents == 1 ? "" : "\(documents):"
            for (field, value) in Flattening(document, namespaceNames: names).fields { fields[prefix + field] = value }
        }
        fields["documents"] = String(documents)
        for (number, line) in text.enumerated() { fields["text line \(number + 1)"] = line }
        self.runtime = runtime
        self.fields = fields
        self.leaks = leaks
        self.errors = outcome.errors
    }
}
