import StrictTree

/// A document with keys sorted by their bytes, without `null` members and white space: one text for one meaning.
struct CanonicalJSON: Sendable {
    private let value: Value
    /// In the place of those of the document.
    var annotations: [String: String] = [:]

    init(_ value: Value) { self.value = value }

    /// With the identity in `metadata` where the document has none, and with the kind that items of a PodList do not carry.
    func filled(with identity: ObjectMeta) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            for (key, member) in CanonicalJSON.members(of: value, beside: ["apiVersion", "kind", "metadata"]) {
                switch (key, member) {
                case ("apiVersion", nil): json.member(key, "v1")
                case ("kind", nil): json.member(key, "Pod")
                case ("metadata", _): json.object("metadata") { write(identity, of: member, to: &$0) }
                case (_, let member?): json.canonicalMember(key, member)
                case (_, nil): break
                }
            }
        }
        return json.bytes
    }

    private func write(_ identity: ObjectMeta, of metadata: Value?, to json: inout JSONWriter) {
        let filled = ["name": identity.name, "namespace": identity.namespace, "uid": identity.uid]
        for (key, member) in Self.members(of: metadata, beside: Array(filled.keys) + (annotations.isEmpty ? [] : ["annotations"]))
        {
            if key == "annotations", !annotations.isEmpty {
                json.object(key) { writeAnnotations(beside: member, to: &$0) }
            } else if let text = filled[key] {
                json.member(key, text.isEmpty ? nil : text)
            } else if let member {
                json.canonicalMember(key, member)
            }
        }
    }

    private func writeAnnotations(beside member: Value?, to json: inout JSONWriter) {
        for (key, own) in Self.members(of: member, beside: Array(annotations.keys)) {
            if let text = annotations[key] {
                json.member(key, text)
            } else if let own {
                json.canonicalMember(key, own)
            }
        }
    }

    /// The members that are not `null`, and nil for those names that it lacks; sorted.
    private static func members(of object: Value?, beside names: [String]) -> [(key: String, value: Value?)] {
        var members: [(key: String, value: Value?)] = object?.sortedMembers.map { ($0.anyKey, $0.value) } ?? []
        for name in names where !members.contains(where: { $0.key == name }) { members.append((name, nil)) }
        return members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
}
