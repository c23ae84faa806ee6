public import Digests
public import OCISpec
public import StrictTree

/// What an image says of itself: image specification, config.md. Nothing in it is believed to be more than text.
public struct ImageConfiguration: SpecValue {
    public var platform: Platform
    /// RFC 3339, as it stands there.
    public var created: String?
    public var author: String?
    public var execution: ImageExecution
    /// Digests of the layers' uncompressed tars, the lowest first.
    public var diffIDs: [Digest]
    public var history: [ImageHistoryEntry]

    public init(
        platform: Platform, created: String? = nil, author: String? = nil, execution: ImageExecution = ImageExecution(),
        diffIDs: [Digest], history: [ImageHistoryEntry] = []
    ) {
        self.platform = platform
        self.created = created
        self.author = author
        self.execution = execution
        self.diffIDs = diffIDs
        self.history = history
    }
}

extension ImageConfiguration {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        // Its members for the platform stand beside the others.
        platform = try Platform(from: value, noting: &warnings)
        var fields = try Fields(value)
        created = try fields.string("created")
        author = try fields.string("author")
        execution = try fields.object("config", &warnings) ?? ImageExecution()
        var rootfs = try Fields(try fields.required("rootfs"))
        let type = try rootfs.required("type")
        guard try type.string == "layers" else { throw type.failure("expected 'layers', found '\(try type.string)'") }
        diffIDs = []
        if let list = rootfs.optional("diff_ids") {
            for element in try list.array { diffIDs.append(try element.digest) }
        }
        history = try fields.list("history", &warnings)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("created", created)
        json.member("author", author)
        platform.writeMembers(to: &json)
        json.object("config") { execution.writeMembers(to: &$0) }
        json.object("rootfs") { json in
            json.member("type", "layers")
            json.member("diff_ids", diffIDs.map(\.description))
        }
        json.list("history", history)
    }

    /// The digests that name each stack of layers, from the lowest layer alone to all of them.
    public var chainIDs: [Digest] {
        var chain: [Digest] = []
        for diffID in diffIDs {
            chain.append(chain.last.map { Digest.of(Array("\($0) \(diffID)".utf8)) } ?? diffID)
        }
        return chain
    }
}

/// How one layer came about, or a change that made none.
public struct ImageHistoryEntry: SpecValue {
    public var created: String?
    public var createdBy: String?
    public var author: String?
    public var comment: String?
    public var isEmptyLayer: Bool

    public init(
        created: String? = nil, createdBy: String? = nil, author: String? = nil, comment: String? = nil,
        isEmptyLayer: Bool = false
    ) {
        self.created = created
        self.createdBy = createdBy
        self.author = author
        self.comment = comment
        self.isEmptyLayer = isEmptyLayer
    }

    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        created = try fields.string("created")
        createdBy = try fields.string("created_by")
        author = try fields.string("author")
        comment = try fields.string("comment")
        isEmptyLayer = try fields.bool("empty_layer") ?? false
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("created", created)
        json.member("created_by", createdBy)
        json.member("author", author)
        json.member("comment", comment)
        json.flag("empty_layer", isEmptyLayer)
    }
}
