import StrictTree

extension ConfigDocument {
    /// Reads an object whose kind is known; nil where it is none. What is wrong is in the report, without any of the values.
    init?(reading value: Value, _ kind: Kind, _ report: Report) {
        let fields = FieldReader(value, kind == .secret ? .secret : .configMap, report)
        guard let metadata = fields.documentMetadata(of: kind.rawValue) else { return nil }
        let isImmutable = fields.flag("immutable")
        var entries: [String: Entry] = [:]
        switch kind {
        case .configMap:
            for entry in fields.entries("data", decoding: false) { entries[entry.key] = entry }
            for (entry, place) in fields.placedEntries("binaryData", decoding: true) {
                if entries[entry.key] != nil { report.refuse(place, "the key '\(entry.key)' stands in 'data' already") }
                entries[entry.key] = Entry(key: entry.key, bytes: entry.bytes, isBinary: true)
            }
        case .secret:
            for name: (StaticString, Bool) in [("data", true), ("stringData", false)] {
                for entry in fields.entries(name.0, decoding: name.1) { entries[entry.key] = entry }
            }
        }
        self.init(
            kind, metadata, entries: Array(entries.values), isImmutable: isImmutable,
            type: kind == .secret ? fields.text("type") ?? "Opaque" : "")
        if kind == .secret { self.metadata.annotations = [:] }
        if size > Self.sizeLimit { report.refuse(value, "its values have \(size) bytes together, more than \(Self.sizeLimit)") }
    }
}

extension FieldReader {
    fileprivate func entries(_ field: StaticString, decoding: Bool) -> [ConfigDocument.Entry] {
        placedEntries(field, decoding: decoding).map(\.entry)
    }

    /// What is wrong is told by its key: a value is nobody's business.
    fileprivate func placedEntries(
        _ field: StaticString, decoding: Bool
    ) -> [(entry: ConfigDocument.Entry, place: Member)] {
        members(field).compactMap { member in
            let key = member.anyKey
            guard Syntax.configKey.accepts(key) else {
                report.refuse(member, "'\(key)' is no key: expected \(Syntax.configKey.phrase)")
                return nil
            }
            guard member.value.kind == .string else {
                let hint = [.number, .bool].contains(member.value.kind) ? ": put it in quotes" : ""
                report.refuse(member.value, "expected a string, found \(member.value.kind.phrase)\(hint)")
                return nil
            }
            // Of a string it does not throw.
            guard let text = try? member.value.anyString else { return nil }
            guard decoding else { return (ConfigDocument.Entry(key: key, bytes: Array(text.utf8)), member) }
            // As Go decodes it: breaks of lines do not count.
            let line = String(decoding: text.utf8.filter { $0 != 0x0a && $0 != 0x0d }, as: UTF8.self)
            guard let bytes = Base64.bytes(line) else {
                report.refuse(
                    member.value,
                    "expected base64 (RFC 4648, section 4, with padding): plain text belongs in 'stringData' or 'data'")
                return nil
            }
            return (ConfigDocument.Entry(key: key, bytes: bytes), member)
        }
    }

    /// The metadata of a document that is found by its name; nil where it is reported.
    func documentMetadata(of kind: String) -> ObjectMeta? {
        guard let place = required("metadata"), let metadata = ObjectMeta(reading: place, noun: "name of a \(kind)", report)
        else {
            return nil
        }
        if metadata.generateName != nil {
            report.refuse(place, "a \(kind) is found by its name: give it one in 'name' instead of 'generateName'")
        }
        return metadata
    }
}

extension Syntax {
    /// A key of a ConfigMap or Secret, which becomes a name of a file.
    static let configKey = Syntax(
        phrase: "letters, digits, '-', '_' and '.', at most 253, neither '.' nor anything that begins with '..'"
    ) { key in
        (1...253).contains(key.utf8.count) && key != "." && !key.utf8.starts(with: "..".utf8)
            && key.utf8.allSatisfy { isAlphanumeric($0) || $0 == dash || $0 == dot || $0 == underscore }
    }
}
