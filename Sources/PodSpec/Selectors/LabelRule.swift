/// What a label may be.
public enum LabelRule {
    /// What is wrong with a key; nil where nothing is.
    public static func flaw(ofKey key: String) -> String? {
        Syntax.labelKey.accepts(key) ? nil : "'\(key)' is no key of a label: expected \(Syntax.labelKey.phrase)"
    }

    /// What is wrong with a value; nil where nothing is.
    public static func flaw(ofValue value: String) -> String? {
        Syntax.labelValue.accepts(value) ? nil : "'\(value)' is no value of a label: expected \(Syntax.labelValue.phrase)"
    }
}
