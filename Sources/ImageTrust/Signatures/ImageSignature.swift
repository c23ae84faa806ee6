public import ImageSpec
import OCISpec
import StrictTree

/// A signature that lies beside an image, as it was found: nothing of it is believed yet.
public struct ImageSignature: Hashable, Sendable {
    /// Where it was found, for messages: the name of the artifact and the number of the layer.
    public var place: String
    /// What was signed, byte by byte.
    public var payload: [UInt8]
    /// nil for what is no signature that could be read; `unreadable` says why.
    public var signature: [UInt8]?
    public var unreadable: String

    /// From a layer of a signatures' manifest, and its blob.
    public init(place: String, layer: Descriptor, payload: [UInt8]) {
        self.place = place
        self.payload = payload
        signature = nil
        unreadable = ""
        guard let text = layer.annotations[SignatureManifest.annotation] else {
            unreadable = "it has no annotation '\(SignatureManifest.annotation)'"
            return
        }
        signature = Base64.bytes(text)
        if signature == nil { unreadable = "its annotation is no base64" }
    }

    /// One that cannot be read.
    public init(place: String, unreadable: String) {
        self.place = place
        payload = []
        signature = nil
        self.unreadable = unreadable
    }

    /// Whether a key has signed the payload.
    public func isMade(by key: PublicKey) throws(KeyError) -> Bool {
        guard let signature else { return false }
        return try key.verifies(signature, of: payload)
    }
}
