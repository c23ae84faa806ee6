public import OCISpec
public import StrictTree

/// One image of the `manifest.json` that `docker save` writes.
public struct DockerArchiveEntry: SpecValue {
    /// The name of a file in the archive.
    public var config: String
    /// As `name:tag`; not checked yet.
    public var repoTags: [String]
    /// Names of files in the archive, the lowest layer first.
    public var layers: [String]

    public init(config: String, repoTags: [String], layers: [String]) {
        self.config = config
        self.repoTags = repoTags
        self.layers = layers
    }

    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        config = try fields.required("Config").string
        repoTags = try fields.strings("RepoTags")
        layers = try fields.strings("Layers")
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("Config", config)
        json.member("RepoTags", repoTags)
        json.member("Layers", layers)
    }
}
