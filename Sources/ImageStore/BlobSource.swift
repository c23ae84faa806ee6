internal import Digests
public import ImageSpec

/// Where images come from: a layout in a directory, an archive, later a registry. Nothing that it says is believed: whoever asks verifies.
public protocol BlobSource: AnyObject {
    /// For messages, as the path that was given.
    var name: String { get }

    /// What there is to load, in the source's order.
    func images() throws(ImageError) -> [SourceImage]

    /// The bytes that are said to be a small blob, at most `limit`. Throws `missingBlob` where there is none.
    func document(_ descriptor: Descriptor, limit: Int) throws(ImageError) -> [UInt8]

    /// Gives those of the blobs that it has, each once, in whatever order suits it.
    func deliver(_ wanted: [Descriptor], to receiver: any BlobReceiver) throws(ImageError)
}

/// An image of a source: a manifest or an index, and how it is called there.
public struct SourceImage: Sendable {
    public var descriptor: Descriptor
    /// From the source: text, not a name yet.
    public var names: [String]

    public init(descriptor: Descriptor, names: [String]) {
        self.descriptor = descriptor
        self.names = names
    }
}

/// Takes blobs, one after the other.
public protocol BlobReceiver: AnyObject {
    func begin(_ descriptor: Descriptor) throws(ImageError)
    func take(_ bytes: UnsafeRawBufferPointer) throws(ImageError)
    /// Throws where what came is not what was named.
    func end() throws(ImageError)
}
