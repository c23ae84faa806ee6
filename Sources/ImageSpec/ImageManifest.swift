public import OCISpec
public import StrictTree

/// What an image is made of: image specification, manifest.md, and Docker's manifest, schema 2.
public struct ImageManifest: SpecValue {
    public var mediaType: MediaType?
    public var artifactType: String?
    public var config: Descriptor
    /// The first is the lowest.
    public var layers: [Descriptor]
    /// The manifest that this one says something about.
    public var subject: Descriptor?
    public var annotations: OrderedMap<String>

    public init(config: Descriptor, layers: [Descriptor], annotations: OrderedMap<String> = [:]) {
        mediaType = .manifest
        artifactType = nil
        self.config = config
        self.layers = layers
        subject = nil
        self.annotations = annotations
    }
}

extension ImageManifest {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        mediaType = try ImageDocument.check(&fields, is: .manifest)
        artifactType = try fields.string("artifactType")
        let config = try fields.required("config")
        self.config = try Descriptor(from: config, noting: &warnings)
        layers = try fields.list("layers", &warnings)
        subject = try fields.object("subject", &warnings)
        annotations = try fields.stringMap("annotations")
        guard self.config.mediaType != .empty || artifactType != nil else {
            throw config.failure("an empty configuration needs an 'artifactType'")
        }
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("schemaVersion", 2)
        json.member("mediaType", mediaType?.rawValue)
        json.member("artifactType", artifactType)
        json.member("config", config)
        json.array("layers") { json in
            for layer in layers { json.object { layer.writeMembers(to: &$0) } }
        }
        json.member("subject", subject)
        json.map("annotations", annotations)
    }

    /// Whether it is an image that can run, and no artifact that only looks like one.
    public var isImage: Bool { config.mediaType.kind == .configuration && !isSignature }

    /// Whether it holds signatures of another manifest: cosign gives it the configuration of an image.
    public var isSignature: Bool { !layers.isEmpty && layers.allSatisfy { $0.mediaType == .simpleSigning } }
}
