import StrictTree

/// A value of a YAML document before its aliases and merge keys are expanded.
struct YAMLNode {
    /// The byte at which it begins.
    let offset: Int
    var content: Content

    enum Content {
        case scalar(YAMLScalar)
        case sequence([Int])
        /// Keys and values in turn. Indices are those of the document's nodes; an alias is its anchor's.
        case mapping([Int])
    }

    /// With its article, for messages.
    var phrase: String {
        switch content {
        case .sequence: "a sequence"
        case .mapping: "a mapping"
        case .scalar(.null): "null"
        case .scalar(.bool): "a boolean"
        case .scalar(.number): "a number"
        case .scalar(.string): "a string"
        case .scalar(.merge): "a merge key"
        }
    }
}

/// A scalar with its type.
enum YAMLScalar {
    case null
    case bool(Bool, TreeBuilder.Text)
    /// Its text in JSON's grammar; a key is it only where it is written as such.
    case number(TreeBuilder.Text, isInteger: Bool, isWrittenSo: Bool)
    case string(TreeBuilder.Text)
    /// `<<`, plain.
    case merge(TreeBuilder.Text)
}
