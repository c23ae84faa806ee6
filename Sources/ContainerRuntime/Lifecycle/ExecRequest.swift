public import LinuxTypes

/// What a caller of `exec` says. Everything that is not said is as in the container's configuration.
public struct ExecRequest: Sendable {
    public var id: String
    /// The program and its arguments. Empty with `processFile`.
    public var arguments: [String] = []
    /// A file with a `process` of the runtime specification, instead of all that follows.
    public var processFile: HostPath?
    public var environment: [String] = []
    public var workingDirectory: String?
    public var terminal: Bool?
    public var uid: UInt32?
    public var gid: UInt32?
    public var additionalGids: [UInt32] = []
    /// Capabilities beside those of the container.
    public var capabilities: [String] = []
    public var noNewPrivileges = false
    /// nil for the container's own.
    public var appArmorProfile: String?
    public var seLinuxLabel: String?
    public var isDetached = false
    public var pidFile: String?
    public var consoleSocket: String?
    public var pidfdSocket: String?
    public var preservedDescriptors: UInt32 = 0

    public init(id: String) { self.id = id }
}
