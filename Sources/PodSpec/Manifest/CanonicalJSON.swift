import StrictTree

/// A document with keys sorted by their bytes, without `null` members and white space: one text for one meaning.
struct CanonicalJSON: Sendable {
    private let value: Value

    init(_ value: Value) { self.value = value }

    /// With the identity in `metadata` where the document has none.
    func filled(with identity: ObjectMeta) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            for (key, member) in CanonicalJSON.members(of: value, beside: ["metadata"]) {
                switch (key, member) {
                case ("metadata", _): json.object("metadata") { Self.write(identity, of: member, to: &$0) }
                case (_, let member?): json.canonicalMember(key, member)
                case (_, nil): break
                }
            }
        }
        return json.bytes
    }

    private static func write(_ identity: ObjectMeta, of metadata: Value?, to json: inout JSONWriter) {
        let filled = ["name": identity.name, "namespace": identity.namespace, "uid": identity.uid]
        for (key, member) in members(of: metadata, beside: Array(filled.keys)) {
            if let text = filled[key] {
                json.member(key, text.isEmpty ? nil : text)
            } else if let member {
                json.canonicalMember(key, member)
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
