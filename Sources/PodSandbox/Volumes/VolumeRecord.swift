internal import PodSpec
internal import StrictTree

/// What the journal holds of a named volume.
struct VolumeRecord: Equatable {
    var claim: VolumeClaim
    /// Nanoseconds since 1970.
    var createdAt: Int64
    /// It is being removed, and perhaps half gone.
    var isRemoved = false

    init(_ claim: VolumeClaim, createdAt: Int64) {
        // Annotations are for clusters.
        self.claim = VolumeClaim(
            ObjectMeta(name: claim.metadata.name, namespace: claim.metadata.namespace), accessModes: claim.accessModes,
            size: claim.size)
        self.createdAt = createdAt
    }

    var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("name", claim.metadata.name)
            json.member("namespace", claim.metadata.namespace)
            json.member("accessModes", claim.accessModes.map(\.rawValue))
            json.member("size", claim.size.map { "\($0)" })
            json.member("createdAt", createdAt)
            json.member("removed", isRemoved)
        }
        return json.bytes
    }

    init(json bytes: [UInt8]) throws(TreeError) {
        var fields = try Fields(Document(json: bytes).root)
        claim = VolumeClaim(
            ObjectMeta(name: try fields.required("name").string, namespace: try fields.required("namespace").string))
        for word in try fields.strings("accessModes") {
            if let mode = VolumeClaim.AccessMode(rawValue: word) { claim.accessModes.append(mode) }
        }
        claim.size = try fields.string("size").flatMap { Quantity($0) }
        createdAt = try fields.required("createdAt").integer
        isRemoved = try fields.required("removed").bool
    }
}
