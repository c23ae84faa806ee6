/// What one container may do and who it is; what is nil is as the pod says, and where that is silent as the image does.
public struct SecurityContext: Equatable, Sendable {
    public var runAsUser: UInt32?
    public var runAsGroup: UInt32?
    /// Checked when the container starts, since the image may name the user.
    public var runAsNonRoot: Bool?
    public var readOnlyRootFilesystem = false
    public var privileged = false
    /// false sets `no_new_privs`; nil is true.
    public var allowPrivilegeEscalation: Bool?
    /// Whether nothing of /proc is hidden or read-only.
    public var showsAllOfProc = false
    public var capabilities = CapabilityChanges()
    /// nil means the pod's, and where that is silent too `.runtimeDefault`.
    public var seccompProfile: SeccompProfile?
    /// nil means the pod's, and where that is silent too `.runtimeDefault` where it is loaded.
    public var appArmorProfile: AppArmorProfile?
    /// nil means the pod's.
    public var seLinuxOptions: SELinuxOptions?

    public init() {}
}
