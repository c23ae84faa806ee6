internal import StrictTree

/// A ConfigMap or a Secret: named bytes for the pods of its namespace.
public struct ConfigDocument: Equatable, Sendable {
    public let kind: Kind
    public var metadata: ObjectMeta
    /// By the bytes of their keys.
    public var entries: [Entry]
    /// What it says is never to change; it can be removed.
    public var isImmutable: Bool
    /// Of a Secret, for whoever reads it; empty for a ConfigMap.
    public var type: String

    /// Which of the two.
    public enum Kind: String, CaseIterable, Sendable {
        case configMap = "ConfigMap"
        case secret = "Secret"

        /// As people write it in front of a name.
        public var word: String { rawValue.lowercased() }
    }

    /// One key of a document with what stands under it.
    public struct Entry: Equatable, Sendable, CustomStringConvertible {
        /// Letters, digits, `-`, `_` and `.`, at most 253; a name of a file.
        public let key: String
        public let bytes: [UInt8]
        /// Whether it came from `binaryData`, of which no variable is made.
        public let isBinary: Bool

        public init(key: String, bytes: [UInt8], isBinary: Bool = false) {
            self.key = key
            self.bytes = bytes
            self.isBinary = isBinary
        }

        /// Without what stands there, which may be a secret.
        public var description: String { "\(key), \(bytes.count) bytes" }
    }

    public init(
        _ kind: Kind, _ metadata: ObjectMeta, entries: [Entry], isImmutable: Bool = false, type: String = ""
    ) {
        self.kind = kind
        self.metadata = metadata
        self.entries = entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        self.isImmutable = isImmutable
        self.type = type
    }

    /// Bytes of all values together.
    public static let sizeLimit = 1 << 20

    public func entry(_ key: String) -> Entry? { entries.first { $0.key == key } }

    /// Bytes of all values together.
    public var size: Int { entries.reduce(0) { $0 + $1.bytes.count } }

    /// Whether two say the same, whatever is written about them.
    public func hasSameContent(as other: ConfigDocument) -> Bool { entries == other.entries && type == other.type }
}

extension ConfigDocument {
    /// The document as canonical JSON. A Secret's values stand in it as what `shown` makes of its keys: they are not for paper.
    public func json(shown: (String) -> String) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("apiVersion", "v1")
            let binary = entries.filter(\.isBinary)
            if !binary.isEmpty {
                json.object("binaryData") { json in
                    for entry in binary { json.member(entry.key, Base64.string(entry.bytes)) }
                }
            }
            json.object("data") { json in
                for entry in entries where !entry.isBinary {
                    json.member(
                        entry.key, kind == .secret ? shown(entry.key) : String(decoding: entry.bytes, as: UTF8.self))
                }
            }
            if isImmutable { json.member("immutable", true) }
            json.member("kind", kind.rawValue)
            json.object("metadata") { metadata.write(to: &$0) }
            if !type.isEmpty { json.member("type", type) }
        }
        return json.bytes
    }

    /// Reads back what `json` wrote of a ConfigMap.
    public init(json bytes: consuming [UInt8]) throws(ManifestError) {
        let manifest = try Manifest.read(bytes, name: "document", needsPod: false)
        guard manifest.documents.count == 1 else {
            throw ManifestError(
                name: "document",
                problems: [Problem(path: "", position: nil, message: "expected one document, found \(manifest.documents.count)")])
        }
        self = manifest.documents[0].document
    }
}

extension ObjectMeta {
    /// Name, namespace, labels and annotations, as members of an object.
    func write(to json: inout JSONWriter) {
        func pairs(_ name: String, _ pairs: [String: String]) {
            guard !pairs.isEmpty else { return }
            json.object(name) { json in
                for (key, value) in pairs.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                    json.member(key, value)
                }
            }
        }
        pairs("annotations", annotations)
        pairs("labels", labels)
        json.member("name", name)
        json.member("namespace", namespace)
    }
}
