/// The label of SELinux that a container's programs have; what is nil is as that of every container.
public struct SELinuxOptions: Equatable, Sendable {
    public var user: String?
    public var role: String?
    public var type: String?
    public var level: String?

    public init(user: String? = nil, role: String? = nil, type: String? = nil, level: String? = nil) {
        self.user = user
        self.role = role
        self.type = type
        self.level = level
    }

    /// Of programs, as policies for containers call them.
    public var processLabel: String {
        "\(user ?? "system_u"):\(role ?? "system_r"):\(type ?? "container_t"):\(level ?? "s0")"
    }

    /// Of the files that such programs may write.
    public var fileLabel: String { "\(user ?? "system_u"):object_r:container_file_t:\(level ?? "s0")" }
}
