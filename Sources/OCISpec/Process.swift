import LinuxTypes
public import StrictTree

/// The container's program, or one that is executed beside it (`exec --process`).
public struct Process: SpecValue {
    public var terminal: Bool
    /// Meaningless without `terminal`.
    public var consoleSize: ConsoleSize?
    public var user: User
    /// May be empty here; who starts the program refuses that.
    public var args: [String]
    /// `NAME=value` each, in order; of duplicates the last counts.
    public var env: [String]
    /// Absolute, in the container.
    public var cwd: String
    /// nil where the configuration says nothing, which differs from five empty sets.
    public var capabilities: Capabilities?
    public var rlimits: [ResourceLimit]
    public var noNewPrivileges: Bool
    public var apparmorProfile: String?
    /// -1000 … 1000; nil leaves the inherited value.
    public var oomScoreAdj: Int32?
    public var selinuxLabel: String?
    public var scheduler: Scheduler?
    public var ioPriority: IOPriority?
    public var execCPUAffinity: ExecCPUAffinity?

    public init(
        terminal: Bool = false, consoleSize: ConsoleSize? = nil, user: User = User(), args: [String] = [], env: [String] = [],
        cwd: String, capabilities: Capabilities? = nil, rlimits: [ResourceLimit] = [], noNewPrivileges: Bool = false,
        apparmorProfile: String? = nil, oomScoreAdj: Int32? = nil, selinuxLabel: String? = nil, scheduler: Scheduler? = nil,
        ioPriority: IOPriority? = nil, execCPUAffinity: ExecCPUAffinity? = nil
    ) {
        self.terminal = terminal
        self.consoleSize = consoleSize
        self.user = user
        self.args = args
        self.env = env
        self.cwd = cwd
        self.capabilities = capabilities
        self.rlimits = rlimits
        self.noNewPrivileges = noNewPrivileges
        self.apparmorProfile = apparmorProfile
        self.oomScoreAdj = oomScoreAdj
        self.selinuxLabel = selinuxLabel
        self.scheduler = scheduler
        self.ioPriority = ioPriority
        self.execCPUAffinity = execCPUAffinity
    }
}

extension Process {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        terminal = try fields.bool("terminal") ?? false
        consoleSize = try fields.object("consoleSize", &warnings)
        user = try fields.object("user", &warnings) ?? User()
        args = try fields.strings("args")
        env = try fields.environment("env")
        let cwd = try fields.required("cwd")
        self.cwd = try cwd.string
        guard self.cwd.utf8.first == UInt8(ascii: "/") else {
            throw cwd.failure("expected an absolute path, found '\(self.cwd)'")
        }
        capabilities = try fields.object("capabilities", &warnings)
        rlimits = try Self.rlimits(&fields, &warnings)
        noNewPrivileges = try fields.bool("noNewPrivileges") ?? false
        apparmorProfile = try fields.string("apparmorProfile")
        oomScoreAdj = try fields.optional("oomScoreAdj")?.integer(in: -1000...1000)
        selinuxLabel = try fields.string("selinuxLabel")
        scheduler = try fields.object("scheduler", &warnings)
        ioPriority = try fields.object("ioPriority", &warnings)
        execCPUAffinity = try fields.object("execCPUAffinity", &warnings)
        if let commandLine = fields.optional("commandLine") { warnings.add("is for Windows, ignored", at: commandLine) }
        warnings.addUnknown(of: fields)
    }

    private static func rlimits(_ fields: inout Fields, _ warnings: inout Warnings) throws(TreeError) -> [ResourceLimit] {
        guard let value = fields.optional("rlimits") else { return [] }
        var limits: [ResourceLimit] = []
        for element in try value.array {
            let limit = try ResourceLimit(from: element, noting: &warnings)
            guard !limits.contains(where: { $0.type == limit.type }) else {
                throw element.failure("a second limit of type '\(limit.type.specName)'")
            }
            limits.append(limit)
        }
        return limits
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.flag("terminal", terminal)
        json.member("consoleSize", consoleSize)
        json.member("user", user)
        json.list("args", args)
        json.list("env", env)
        json.member("cwd", cwd)
        json.member("capabilities", capabilities)
        json.list("rlimits", rlimits)
        json.flag("noNewPrivileges", noNewPrivileges)
        json.member("apparmorProfile", apparmorProfile)
        json.member("oomScoreAdj", oomScoreAdj)
        json.member("selinuxLabel", selinuxLabel)
        json.member("scheduler", scheduler)
        json.member("ioPriority", ioPriority)
        json.member("execCPUAffinity", execCPUAffinity)
    }
}
