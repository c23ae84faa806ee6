internal import Digests
internal import PodSpec
internal import StrictTree

/// What the journal holds of a Secret: everything but its values, which lie in a file that only root reads.
struct SecretRecord: Equatable {
    var metadata: ObjectMeta
    var type: String
    var isImmutable: Bool
    var keys: [Key]
    /// The name of the file of values below `PodPlaces.secrets`: another one for each version.
    var file: String
    /// Of that file, which begins with random bytes: it says whether the values are whole, and nothing about them.
    var digest: String
    /// Nanoseconds since 1970.
    var createdAt: Int64
    var changedAt: Int64

    /// A key with how many bytes stand under it.
    struct Key: Equatable {
        let name: String
        let size: Int
    }

    var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("name", metadata.name)
            json.member("namespace", metadata.namespace)
            json.object("labels") { json in
                for (key, value) in metadata.labels.sorted(by: { $0.key < $1.key }) { json.member(key, value) }
            }
            json.member("type", type)
            json.member("immutable", isImmutable)
            json.object("keys") { json in for key in keys { json.member(key.name, key.size) } }
            json.member("file", file)
            json.member("digest", digest)
            json.member("createdAt", createdAt)
            json.member("changedAt", changedAt)
        }
        return json.bytes
    }

    init(_ secret: ConfigDocument, file: String, digest: String, createdAt: Int64, changedAt: Int64) {
        metadata = secret.metadata
        type = secret.type
        isImmutable = secret.isImmutable
        keys = secret.entries.map { Key(name: $0.key, size: $0.bytes.count) }
        self.file = file
        self.digest = digest
        self.createdAt = createdAt
        self.changedAt = changedAt
    }

    init(json bytes: [UInt8]) throws(TreeError) {
        var fields = try Fields(Document(json: bytes).root)
        metadata = ObjectMeta(name: try fields.required("name").string, namespace: try fields.required("namespace").string)
        for member in try fields.required("labels").members { metadata.labels[try member.key] = try member.value.string }
        type = try fields.required("type").string
        isImmutable = try fields.required("immutable").bool
        keys = []
        for member in try fields.required("keys").members {
            keys.append(Key(name: try member.key, size: try member.value.integer(in: 0...ConfigDocument.sizeLimit)))
        }
        file = try fields.required("file").string
        digest = try fields.required("digest").string
        createdAt = try fields.required("createdAt").integer
        changedAt = try fields.required("changedAt").integer
    }
}

/// The file with a Secret's values: one JSON object, in which random bytes stand first, so that its digest tells nothing of what follows.
struct SecretFile {
    let entries: [ConfigDocument.Entry]

    init(_ entries: [ConfigDocument.Entry]) { self.entries = entries }

    func bytes(salt: [UInt8]) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("salt", Base64.string(salt))
            json.object("values") { json in
                for entry in entries { json.member(entry.key, Base64.string(entry.bytes)) }
            }
        }
        return json.bytes
    }

    /// nil for what is no such file. The reason could repeat what is in it, so there is none.
    init?(_ bytes: [UInt8]) {
        do throws(TreeError) {
            var entries: [ConfigDocument.Entry] = []
            for member in try Document(json: bytes).root.member("values")?.members.map({ $0 }) ?? [] {
                guard let value = Base64.bytes(try member.value.string) else { return nil }
                entries.append(ConfigDocument.Entry(key: try member.key, bytes: value))
            }
            self.entries = entries
        } catch { return nil }
    }
}
