public import OCISpec
public import StrictTree

/// What a container of an image runs where nobody says otherwise: the member `config` of an image's configuration.
public struct ImageExecution: SpecValue {
    /// `user|uid[:group|gid]`; empty for root.
    public var user: String
    /// As `80/tcp`.
    public var exposedPorts: [String]
    public var env: [String]
    public var entrypoint: [String]
    public var cmd: [String]
    public var volumes: [String]
    public var workingDirectory: String
    public var labels: OrderedMap<String>
    /// As `SIGTERM` or `SIGRTMIN+3`.
    public var stopSignal: String?

    public init(
        user: String = "", exposedPorts: [String] = [], env: [String] = [], entrypoint: [String] = [], cmd: [String] = [],
        volumes: [String] = [], workingDirectory: String = "", labels: OrderedMap<String> = [:], stopSignal: String? = nil
    ) {
        self.user = user
        self.exposedPorts = exposedPorts
        self.env = env
        self.entrypoint = entrypoint
        self.cmd = cmd
        self.volumes = volumes
        self.workingDirectory = workingDirectory
        self.labels = labels
        self.stopSignal = stopSignal
    }
}

extension ImageExecution {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        user = try fields.string("User") ?? ""
        exposedPorts = try Self.keys(&fields, "ExposedPorts")
        env = try fields.environment("Env")
        entrypoint = try fields.strings("Entrypoint")
        cmd = try fields.strings("Cmd")
        volumes = try Self.keys(&fields, "Volumes")
        workingDirectory = try fields.string("WorkingDir") ?? ""
        labels = try fields.stringMap("Labels")
        stopSignal = try fields.string("StopSignal").flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Go's sets are objects whose values are empty objects.
    private static func keys(_ fields: inout Fields, _ name: StaticString) throws(TreeError) -> [String] {
        guard let value = fields.optional(name) else { return [] }
        return try value.members.map { member throws(TreeError) in try member.key }
    }

    public func writeMembers(to json: inout JSONWriter) {
        if !user.isEmpty { json.member("User", user) }
        Self.write(exposedPorts, "ExposedPorts", &json)
        json.list("Env", env)
        json.list("Entrypoint", entrypoint)
        json.list("Cmd", cmd)
        Self.write(volumes, "Volumes", &json)
        if !workingDirectory.isEmpty { json.member("WorkingDir", workingDirectory) }
        json.map("Labels", labels)
        json.member("StopSignal", stopSignal)
    }

    private static func write(_ keys: [String], _ name: String, _ json: inout JSONWriter) {
        guard !keys.isEmpty else { return }
        json.object(name) { json in
            for key in keys { json.object(key) { _ in } }
        }
    }
}
