import StrictTree

extension ObjectMeta {
    init?(reading value: Value, noun: String = "pod name", _ report: Report) {
        let fields = FieldReader(value, .objectMeta, report)
        let generateName = fields.text("generateName")
        let name = fields.name("name", .subdomain, noun)
        if generateName == nil, fields.isAbsentOrEmpty("name") {
            report.refuse(value, "'name' is missing")
        }
        if let generateName, let place = fields.value("generateName"), !Self.isPrefix(generateName) {
            report.refuse(place, "'\(generateName)' is no beginning of a pod name: expected \(Syntax.subdomain.phrase)")
        }
        self.init(
            name: name ?? "", generateName: name == nil ? generateName : nil,
            namespace: fields.name("namespace", .label, "namespace") ?? "default",
            uid: fields.name("uid", .label, "uid") ?? "",
            labels: fields.labels("labels", "a label"), annotations: fields.annotations())
    }

    /// What comes behind makes a valid name of it: it may end in a dash or a dot.
    private static func isPrefix(_ text: String) -> Bool {
        text.utf8.count <= 253 && Syntax.subdomain.accepts(Syntax.cut(text, to: 58) + "x")
    }
}

extension FieldReader {
    func isAbsentOrEmpty(_ field: StaticString) -> Bool {
        // What is no string was reported as that.
        value(field).map { (try? $0.string) == "" } ?? true
    }

    /// A name of the given grammar; nil for what is absent, empty or reported.
    func name(_ field: StaticString, _ syntax: Syntax, _ noun: String) -> String? {
        guard let value = value(field), let text = text(value), !text.isEmpty else { return nil }
        return checked(text, at: value, syntax, noun)
    }

    func checked(_ text: String, at value: Value, _ syntax: Syntax, _ noun: String) -> String? {
        if syntax.accepts(text) { return text }
        report.refuse(value, "'\(text)' is no \(noun): expected \(syntax.phrase)")
        return nil
    }

    fileprivate func labels(_ field: StaticString, _ noun: String) -> [String: String] {
        pairs(field, noun, isKey: Syntax.labelKey.accepts) { text, place in
            checked(text, at: place, .labelValue, "value of \(noun)")
        }
    }

    fileprivate func annotations() -> [String: String] {
        let isKey = { (key: String) in Syntax.labelKey.accepts(key.lowercased()) }
        let annotations = pairs("annotations", "an annotation", isKey: isKey) { text, _ in text }
        let size = annotations.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        // Kubernetes' limit.
        let limit = 262_144
        if size > limit, let place = value("annotations") {
            report.refuse(place, "the annotations have \(size) bytes together, more than \(limit)")
        }
        return annotations
    }

    /// A map of strings; `checked` is nil for one that it reported.
    private func pairs(
        _ field: StaticString, _ noun: String, isKey: (String) -> Bool, checked: (String, Value) -> String?
    ) -> [String: String] {
        var pairs: [String: String] = [:]
        for member in members(field) {
            if !isKey(member.anyKey) {
                report.refuse(member, "'\(member.anyKey)' is no key of \(noun): expected \(Syntax.labelKey.phrase)")
            } else if let text = text(member.value), let value = checked(text, member.value) {
                pairs[member.anyKey] = value
            }
        }
        return pairs
    }
}
