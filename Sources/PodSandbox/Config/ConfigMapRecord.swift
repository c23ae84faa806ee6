internal import PodSpec
internal import StrictTree

/// What the journal holds of a ConfigMap: all of it.
struct ConfigMapRecord {
    let document: ConfigDocument
    /// Nanoseconds since 1970.
    let createdAt: Int64

    init(document: ConfigDocument, createdAt: Int64) {
        self.document = document
        self.createdAt = createdAt
    }

    /// One JSON object.
    var json: [UInt8] {
        Array("{\"createdAt\":\(createdAt),\"document\":".utf8) + document.json { $0 } + [UInt8(ascii: "}")]
    }

    init(_ bytes: [UInt8]) throws(PodError) {
        var json = JSONWriter()
        do throws(TreeError) {
            var fields = try Fields(Document(json: bytes).root)
            createdAt = try fields.required("createdAt").integer
            json.element(copying: try fields.required("document"))
        } catch { throw PodError(error, "the record of a configmap") }
        do throws(ManifestError) { document = try ConfigDocument(json: json.bytes) } catch {
            throw PodError(.failed, "the record of a configmap cannot be read: \(error)")
        }
    }
}
