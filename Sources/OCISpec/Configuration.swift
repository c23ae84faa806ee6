public import StrictTree

/// One `config.json`, as runtime-spec 1.3.0 defines it for Linux.
public struct Configuration: SpecValue {
    /// The version of the specification that this module knows.
    public static let specVersion = "1.3.0"

    public var ociVersion: String
    /// Without it a container can be created but not started.
    public var process: Process?
    public var root: Root?
    public var hostname: String?
    public var domainname: String?
    /// In the order in which they are mounted.
    public var mounts: [Mount]
    public var hooks: Hooks?
    public var annotations: OrderedMap<String>
    public var linux: Linux?

    public init(
        ociVersion: String = Configuration.specVersion, process: Process? = nil, root: Root? = nil, hostname: String? = nil,
        domainname: String? = nil, mounts: [Mount] = [], hooks: Hooks? = nil, annotations: OrderedMap<String> = [:],
        linux: Linux? = nil
    ) {
        self.ociVersion = ociVersion
        self.process = process
        self.root = root
        self.hostname = hostname
        self.domainname = domainname
        self.mounts = mounts
        self.hooks = hooks
        self.annotations = annotations
        self.linux = linux
    }
}

extension Configuration {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        ociVersion = try SpecVersion.check(fields.required("ociVersion"), noting: &warnings)
        process = try fields.object("process", &warnings)
        root = try fields.object("root", &warnings)
        hostname = try fields.string("hostname")
        domainname = try fields.string("domainname")
        mounts = try fields.list("mounts", &warnings)
        hooks = try fields.object("hooks", &warnings)
        annotations = try fields.stringMap("annotations")
        linux = try fields.object("linux", &warnings)
        try ForeignPlatforms.note(&fields, &warnings)
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("ociVersion", ociVersion)
        json.member("process", process)
        json.member("root", root)
        json.member("hostname", hostname)
        json.member("domainname", domainname)
        json.list("mounts", mounts)
        json.member("hooks", hooks)
        json.map("annotations", annotations)
        json.member("linux", linux)
    }
}
