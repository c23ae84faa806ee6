// The process side of a plan.

public import LinuxTypes

/// The container's own program and who it is.
public struct ProcessPlan: Hashable, WireValue {
    /// At least one.
    public var arguments: [String]
    /// `KEY=VALUE`, each key once.
    public var environment: [String]
    /// HOME is taken from the container's passwd file, else `/`.
    public var setsHome: Bool
    public var workingDirectory: ContainerPath
    /// Whether a missing working directory is made: for a container's first program, not for those that join it.
    public var makesWorkingDirectory: Bool
    public var uid: UInt32
    public var gid: UInt32
    /// nil leaves the supplementary groups as they are: a user namespace may forbid to set them.
    public var groups: [UInt32]?
    public var fileCreationMask: UInt32
    /// Before the execve that makes them the program's.
    public var capabilities: CapabilitySets
    public var noNewPrivileges: Bool
    public var limits: [LimitPlan]
    public var personality: UInt64?
    public var seccomp: FilterProgram?
    public var terminal: TerminalPlan?
    /// Of AppArmor; nil leaves the caller's.
    public var appArmorProfile: String?
    /// Of SELinux; nil is as its policy has it.
    public var seLinuxLabel: String?

    public init(
        arguments: [String], environment: [String] = [], setsHome: Bool = false, workingDirectory: ContainerPath,
        makesWorkingDirectory: Bool = true,
        uid: UInt32 = 0, gid: UInt32 = 0, groups: [UInt32]? = [], fileCreationMask: UInt32 = 0o022,
        capabilities: CapabilitySets, noNewPrivileges: Bool = false, limits: [LimitPlan] = [], personality: UInt64? = nil,
        seccomp: FilterProgram? = nil, terminal: TerminalPlan? = nil,
        appArmorProfile: String? = nil, seLinuxLabel: String? = nil
    ) {
        self.arguments = arguments
        self.environment = environment
        self.setsHome = setsHome
        self.workingDirectory = workingDirectory
        self.makesWorkingDirectory = makesWorkingDirectory
        self.uid = uid
        self.gid = gid
        self.groups = groups
        self.fileCreationMask = fileCreationMask
        self.capabilities = capabilities
        self.noNewPrivileges = noNewPrivileges
        self.limits = limits
        self.personality = personality
        self.seccomp = seccomp
        self.terminal = terminal
        self.appArmorProfile = appArmorProfile
        self.seLinuxLabel = seLinuxLabel
    }

    public func write(to writer: inout WireWriter) {
        arguments.write(to: &writer)
        environment.write(to: &writer)
        setsHome.write(to: &writer)
        workingDirectory.write(to: &writer)
        makesWorkingDirectory.write(to: &writer)
        uid.write(to: &writer)
        gid.write(to: &writer)
        groups.write(to: &writer)
        fileCreationMask.write(to: &writer)
        capabilities.write(to: &writer)
        noNewPrivileges.write(to: &writer)
        limits.write(to: &writer)
        personality.write(to: &writer)
        seccomp.write(to: &writer)
        terminal.write(to: &writer)
        appArmorProfile.write(to: &writer)
        seLinuxLabel.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        arguments = try [String](from: &reader)
        environment = try [String](from: &reader)
        setsHome = try Bool(from: &reader)
        workingDirectory = try ContainerPath(from: &reader)
        makesWorkingDirectory = try Bool(from: &reader)
        uid = try UInt32(from: &reader)
        gid = try UInt32(from: &reader)
        groups = try [UInt32]?(from: &reader)
        fileCreationMask = try UInt32(from: &reader)
        capabilities = try CapabilitySets(from: &reader)
        noNewPrivileges = try Bool(from: &reader)
        limits = try [LimitPlan](from: &reader)
        personality = try UInt64?(from: &reader)
        seccomp = try FilterProgram?(from: &reader)
        terminal = try TerminalPlan?(from: &reader)
        appArmorProfile = try String?(from: &reader)
        seLinuxLabel = try String?(from: &reader)
    }
}

/// One resource limit, in the resource's own unit; `UInt64.max` is none.
public struct LimitPlan: Hashable, WireValue {
    public var kind: ResourceLimitKind
    public var soft: UInt64
    public var hard: UInt64

    public init(kind: ResourceLimitKind, soft: UInt64, hard: UInt64) {
        self.kind = kind
        self.soft = soft
        self.hard = hard
    }

    public func write(to writer: inout WireWriter) {
        kind.write(to: &writer)
        soft.write(to: &writer)
        hard.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        kind = try ResourceLimitKind(from: &reader)
        soft = try UInt64(from: &reader)
        hard = try UInt64(from: &reader)
    }
}

/// A pseudo-terminal of the container's own devpts as standard streams.
public struct TerminalPlan: Hashable, WireValue {
    /// Characters; 0 leaves the size unset.
    public var rows: UInt16
    public var columns: UInt16
    /// Whether the terminal is also bound on `/dev/console`.
    public var bindsConsole: Bool

    public init(rows: UInt16 = 0, columns: UInt16 = 0, bindsConsole: Bool = true) {
        self.rows = rows
        self.columns = columns
        self.bindsConsole = bindsConsole
    }

    public func write(to writer: inout WireWriter) {
        rows.write(to: &writer)
        columns.write(to: &writer)
        bindsConsole.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        rows = try UInt16(from: &reader)
        columns = try UInt16(from: &reader)
        bindsConsole = try Bool(from: &reader)
    }
}

/// A program that runs between the steps, in the container's namespaces.
public struct HookPlan: Hashable, WireValue {
    public var path: String
    /// argv with its first word.
    public var arguments: [String]
    /// Exactly this.
    public var environment: [String]
    public var timeoutSeconds: UInt32?

    public init(path: String, arguments: [String], environment: [String], timeoutSeconds: UInt32? = nil) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.timeoutSeconds = timeoutSeconds
    }

    public func write(to writer: inout WireWriter) {
        path.write(to: &writer)
        arguments.write(to: &writer)
        environment.write(to: &writer)
        timeoutSeconds.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        path = try String(from: &reader)
        arguments = try [String](from: &reader)
        environment = try [String](from: &reader)
        timeoutSeconds = try UInt32?(from: &reader)
    }
}

/// A state document for a hook's stdin, around the pid, which each side sees in its own way.
public struct StateTemplate: Hashable, WireValue {
    public var beforePID: String
    public var afterPID: String

    public init(beforePID: String, afterPID: String) {
        self.beforePID = beforePID
        self.afterPID = afterPID
    }

    public func write(to writer: inout WireWriter) {
        beforePID.write(to: &writer)
        afterPID.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        beforePID = try String(from: &reader)
        afterPID = try String(from: &reader)
    }
}

/// The documents of the two moments at which the init runs hooks.
public struct HookState: Hashable, WireValue {
    public var creating: StateTemplate
    public var created: StateTemplate

    public init(creating: StateTemplate, created: StateTemplate) {
        self.creating = creating
        self.created = created
    }

    public func write(to writer: inout WireWriter) {
        creating.write(to: &writer)
        created.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        creating = try StateTemplate(from: &reader)
        created = try StateTemplate(from: &reader)
    }
}
