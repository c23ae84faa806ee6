import StrictTree
import YAMLTree

func documents(_ yaml: String, limits: Limits = Limits()) throws(TreeError) -> [Document] {
    try Document.documents(yaml: Array(yaml.utf8), limits: limits)
}

/// The documents as canonical JSON, one line each.
func json(_ yaml: String, limits: Limits = Limits()) throws(TreeError) -> String {
    try documents(yaml, limits: limits).map { canonical($0.root) }.joined(separator: "\n")
}

func canonical(_ value: Value) -> String {
    var json = JSONWriter()
    json.canonicalElement(value)
    return json.string
}

/// The message of the refusal, with its place; nil where the text is accepted.
func refusal(of bytes: [UInt8], limits: Limits = Limits()) -> String? {
    do throws(TreeError) {
        _ = try Document.documents(yaml: bytes, limits: limits)
        return nil
    } catch {
        return error.description
    }
}

func refusal(of yaml: String, limits: Limits = Limits()) -> String? { refusal(of: Array(yaml.utf8), limits: limits) }
