/// Attributes of one mount, the `MOUNT_ATTR_*` bits of `mount_setattr(2)`.
public struct MountAttributes: OptionSet, Hashable, Sendable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    public static let readOnly = MountAttributes(rawValue: 0x1)
    public static let noSetuid = MountAttributes(rawValue: 0x2)
    public static let noDevices = MountAttributes(rawValue: 0x4)
    public static let noExecute = MountAttributes(rawValue: 0x8)
    public static let noAccessTime = MountAttributes(rawValue: 0x10)
    public static let strictAccessTime = MountAttributes(rawValue: 0x20)
    public static let noDirectoryAccessTime = MountAttributes(rawValue: 0x80)
    public static let idMapped = MountAttributes(rawValue: 0x10_0000)
    public static let noSymlinkFollow = MountAttributes(rawValue: 0x20_0000)

    /// The field of access-time modes: to change the mode the whole field is cleared. Relatime is its zero.
    public static let accessTimeMask = MountAttributes(rawValue: 0x70)
}

/// How mount events travel, `mount_namespaces(7)`. Raw values are the `MS_*` flags that `mount_setattr(2)` takes.
public enum MountPropagation: UInt64, Hashable, Sendable {
    case unbindable = 0x2_0000
    case isPrivate = 0x4_0000
    case slave = 0x8_0000
    case shared = 0x10_0000
}
