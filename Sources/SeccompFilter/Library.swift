import CSeccomp
public import OCISpec

/// What the libseccomp that is linked in knows.
public enum SeccompLibrary {
    /// As `2.5.4`.
    public static var version: String {
        guard let version = seccomp_version()?.pointee else { return "unknown" }
        return "\(version.major).\(version.minor).\(version.micro)"
    }

    /// Whether filters can be made for an architecture.
    public static func knows(_ architecture: SeccompArchitecture) -> Bool {
        // -1, __NR_SCMP_ERROR, is the answer for a token that it does not know; every architecture has read, at least by a made-up number.
        seccomp_syscall_resolve_name_arch(architecture.token, "read") != -1
    }
}
