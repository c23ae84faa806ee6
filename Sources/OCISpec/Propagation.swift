public import LinuxTypes

/// `linux.rootfsPropagation`: the four names of the specification, and with `r` for everything below, as runc takes them.
public enum Propagation: String, Choice {
    case `private`, shared, slave, unbindable, rprivate, rshared, rslave, runbindable

    public static var noun: String { "propagation" }

    public var kind: MountPropagation {
        switch self {
        case .private, .rprivate: .isPrivate
        case .shared, .rshared: .shared
        case .slave, .rslave: .slave
        case .unbindable, .runbindable: .unbindable
        }
    }

    public var isRecursive: Bool {
        switch self {
        case .private, .shared, .slave, .unbindable: false
        case .rprivate, .rshared, .rslave, .runbindable: true
        }
    }
}
