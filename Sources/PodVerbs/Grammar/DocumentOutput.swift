import CommandSupport
public import StrictTree

/// How a verb prints what it has as JSON. All of these say the same.
public enum DocumentOutput: Hashable, Sendable {
    case json
    case yaml
    case path(JSONPath)

    static let option = option("json, yaml or jsonpath=TEMPLATE")

    static func option(_ help: String) -> Option { Option("output", "o", value: "FORMAT", help: help) }

    init(_ text: String, _ reader: ArgumentReader) throws(UsageError) {
        let choices = "--output is json, yaml or jsonpath=TEMPLATE"
        switch try PodOutput(text, reader, choices) {
        case .json: self = .json
        case .yaml: self = .yaml
        case .path(let path): self = .path(path)
        case .table, .wide, .name:
            throw reader.wrong("\(choices), not '\(text)'")
        }
    }

    /// One document of several, or of a stream: JSON as it is, in a line; YAML between dashes; a template's text in a line.
    public func text(ofEach json: [UInt8]) throws(TreeError) -> [UInt8] {
        switch self {
        case .json: return json
        case .yaml: return Array("---\n".utf8) + Array(try YAMLText.text(of: Document(json: json).root).utf8)
        case .path(let path): return Array((try path.text(of: Document(json: json).root) + "\n").utf8)
        }
    }

    /// The one document there is, JSON with its newline. A template's text stands for itself, as kubectl prints it.
    public func text(ofOne json: [UInt8]) throws(TreeError) -> [UInt8] {
        switch self {
        case .json: return json
        case .yaml: return Array(try YAMLText.text(of: Document(json: json).root).utf8)
        case .path(let path): return Array(try path.text(of: Document(json: json).root).utf8)
        }
    }
}
