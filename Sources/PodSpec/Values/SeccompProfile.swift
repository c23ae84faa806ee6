/// Which system calls are let through.
public enum SeccompProfile: Equatable, Sendable {
    case runtimeDefault
    case unconfined
    /// A file below the directory of profiles: relative, without `..`.
    case localhost(path: String)
}
