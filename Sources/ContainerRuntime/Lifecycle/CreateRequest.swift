public import LinuxTypes
public import OCISpec

/// What a caller of `create` or `run` says.
public struct CreateRequest: Sendable {
    public var id: String
    public var bundle: HostPath
    /// Instead of `config.json`; counts from the bundle.
    public var configurationFile: String?
    /// The configuration itself, instead of a file in the bundle.
    public var configuration: Configuration?
    /// What is recorded in place of `configuration`, which has what must not stand on a disk. Nothing else may differ in it than `process.args` and
    /// `process.env`.
    public var recordedConfiguration: Configuration?
    public var options = CreateOptions()
    /// Whether the container's process is to be the caller's parent's child, who is then told of its end.
    public var asSibling = false
    /// A unix socket that gets the master of the container's terminal.
    public var consoleSocket: String?
    /// A unix socket that gets the pidfd of the container's init.
    public var pidfdSocket: String?
    /// Gets the pid in decimal, without a newline.
    public var pidFile: String?

    public init(id: String, bundle: HostPath) {
        self.id = id
        self.bundle = bundle
    }
}
