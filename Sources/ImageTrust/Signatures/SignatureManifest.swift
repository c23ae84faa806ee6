import Digests
public import ImageSpec
import OCISpec
import StrictTree

/// The artifact that holds an image's signatures, as cosign lays it out: a manifest with a layer for each, whose blob is the payload and whose annotation
/// is the signature; and a configuration that has the shape of an image's.
public enum SignatureManifest {
    /// The annotation that holds a signature, base64.
    public static let annotation = "dev.cosignproject.cosign/signature"

    /// The layer for one signature of a payload.
    public static func layer(payload: [UInt8], signature: [UInt8]) -> Descriptor {
        Descriptor(
            mediaType: .simpleSigning, digest: .of(payload), size: Int64(payload.count),
            annotations: [annotation: Base64.string(signature)])
    }

    /// The documents that hold these layers.
    public static func documents(_ layers: [Descriptor]) -> (config: [UInt8], manifest: [UInt8]) {
        var json = JSONWriter()
        let never = "0001-01-01T00:00:00Z"
        json.object { json in
            json.member("architecture", "")
            json.member("created", never)
            json.array("history") { json in
                for _ in layers { json.object { $0.member("created", never) } }
            }
            json.member("os", "")
            json.object("rootfs") { json in
                json.member("type", "layers")
                json.member("diff_ids", layers.map(\.digest.description))
            }
            json.object("config") { _ in }
        }
        let config = Descriptor(mediaType: .configuration, digest: .of(json.bytes), size: Int64(json.bytes.count))
        return (json.bytes, ImageManifest(config: config, layers: layers).json())
    }
}
