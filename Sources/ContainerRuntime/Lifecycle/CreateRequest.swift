public import LinuxTypes

/// What a caller of `create` or `run` says.
public struct CreateRequest: Sendable {
    public var id: String
    public var bundle: HostPath
    /// Instead of `config.json`; counts from the bundle.
    public var configurationFile: String?
    public var options = CreateOptions()
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
