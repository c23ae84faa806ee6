public import Digests
public import ImageSpec
public import OCISpec
public import StrictTree

/// What the journal says of an image, below `/images/<digest of its manifest>`: enough to find all its parts without reading a blob.
public struct ImageRecord: SpecValue {
    /// The manifest, as the index named it; its digest names the image.
    public var manifest: Descriptor
    public var config: Descriptor
    public var layers: [Layer]
    /// Of the signatures of another image: what was signed. Stored as it came, never unpacked; empty for an image.
    public var payloads: [Descriptor] = []
    /// Indexes through which the manifest was found, the outermost first: kept so that a name by their digests is found.
    public var indexes: [Descriptor]
    public var platform: Platform
    /// When it was made, as it says itself.
    public var created: String?
    /// When it was loaded, RFC 3339.
    public var loaded: String

    /// A layer: the blob, and what its tar is named by.
    public struct Layer: SpecValue {
        public var blob: Descriptor
        public var diffID: Digest

        public init(blob: Descriptor, diffID: Digest) {
            self.blob = blob
            self.diffID = diffID
        }

        public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
            var fields = try Fields(value)
            blob = try Descriptor(from: try fields.required("blob"), noting: &warnings)
            diffID = try fields.required("diffID").digest
        }

        public func writeMembers(to json: inout JSONWriter) {
            json.object("blob") { blob.writeMembers(to: &$0) }
            json.member("diffID", diffID.description)
        }
    }

    public init(
        manifest: Descriptor, config: Descriptor, layers: [Layer], indexes: [Descriptor], platform: Platform, created: String?,
        loaded: String
    ) {
        self.manifest = manifest
        self.config = config
        self.layers = layers
        self.indexes = indexes
        self.platform = platform
        self.created = created
        self.loaded = loaded
    }

    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        manifest = try Descriptor(from: try fields.required("manifest"), noting: &warnings)
        config = try Descriptor(from: try fields.required("config"), noting: &warnings)
        layers = []
        for element in try fields.required("layers").array { layers.append(try Layer(from: element, noting: &warnings)) }
        payloads = try fields.list("payloads", &warnings)
        indexes = []
        for element in try fields.required("indexes").array {
            indexes.append(try Descriptor(from: element, noting: &warnings))
        }
        platform = try Platform(from: try fields.required("platform"), noting: &warnings)
        created = try fields.string("created")
        loaded = try fields.required("loaded").string
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.object("manifest") { manifest.writeMembers(to: &$0) }
        json.object("config") { config.writeMembers(to: &$0) }
        json.array("layers") { json in
            for layer in layers { json.object { layer.writeMembers(to: &$0) } }
        }
        json.list("payloads", payloads)
        json.array("indexes") { json in
            for index in indexes { json.object { index.writeMembers(to: &$0) } }
        }
        json.object("platform") { platform.writeMembers(to: &$0) }
        json.member("created", created)
        json.member("loaded", loaded)
    }
}

extension ImageRecord {
    /// The digest of the manifest, by which an image is known.
    public var digest: Digest { manifest.digest }

    /// The digest of the configuration: Docker's image id.
    public var id: Digest { config.digest }

    /// Every blob of it.
    public var blobs: [Descriptor] { indexes + content }

    /// Its blobs, without the indexes through which it was found; the manifest last.
    var content: [Descriptor] { layers.map(\.blob) + payloads + [config, manifest] }

    /// Whether it is no image, but holds signatures of one.
    public var isSignature: Bool { !payloads.isEmpty }
}

/// What the journal says of a layer that is unpacked, below `/image-layers/<diff id>`.
public struct LayerRecord: SpecValue {
    /// Bytes of its files.
    public var bytes: UInt64
    public var entries: UInt64
    /// Of the tree as its blob unpacks; nil where nobody has asked for it.
    public var tree: Digest?

    public init(bytes: UInt64, entries: UInt64, tree: Digest? = nil) {
        self.bytes = bytes
        self.entries = entries
        self.tree = tree
    }

    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        bytes = try fields.required("bytes").unsigned
        entries = try fields.required("entries").unsigned
        tree = try fields.optional("tree")?.digest
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("bytes", bytes)
        json.member("entries", entries)
        json.member("tree", tree?.description)
    }
}

/// What a name points to, below `/image-names/<name>`.
public struct NameRecord: SpecValue {
    public var digest: Digest

    public init(digest: Digest) { self.digest = digest }

    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        digest = try fields.required("digest").digest
    }

    public func writeMembers(to json: inout JSONWriter) { json.member("digest", digest.description) }
}
