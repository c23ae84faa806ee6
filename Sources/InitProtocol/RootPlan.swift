// The mount side of a plan.

public import LinuxTypes

/// The container's root file system and all that is mounted and made in it.
public struct RootPlan: Hashable, WireValue {
    /// The root file system on the host.
    public var path: HostPath
    /// Index of a detached copy of it that the parent made, where the init may not be able to reach the path.
    public var descriptor: UInt32?
    public var change: RootChange
    /// What the copy of the host's mounts is set to, with all below, before anything is mounted.
    public var hostPropagation: MountPropagation
    /// What the container's root is set to at the end.
    public var propagation: MountPropagation?
    public var propagationIsRecursive: Bool
    public var isReadOnly: Bool
    /// In order.
    public var mounts: [MountPlan]
    public var devices: [DevicePlan]
    /// Symbolic links made where nothing stands in their place.
    public var links: [LinkPlan]
    /// Files that read empty and directories that list empty.
    public var maskedPaths: [ContainerPath]
    public var readonlyPaths: [ContainerPath]

    public init(
        path: HostPath, descriptor: UInt32? = nil, change: RootChange = .pivot, hostPropagation: MountPropagation = .slave,
        propagation: MountPropagation? = nil, propagationIsRecursive: Bool = true, isReadOnly: Bool = false,
        mounts: [MountPlan] = [], devices: [DevicePlan] = [], links: [LinkPlan] = [], maskedPaths: [ContainerPath] = [],
        readonlyPaths: [ContainerPath] = []
    ) {
        self.path = path
        self.descriptor = descriptor
        self.change = change
        self.hostPropagation = hostPropagation
        self.propagation = propagation
        self.propagationIsRecursive = propagationIsRecursive
        self.isReadOnly = isReadOnly
        self.mounts = mounts
        self.devices = devices
        self.links = links
        self.maskedPaths = maskedPaths
        self.readonlyPaths = readonlyPaths
    }

    public func write(to writer: inout WireWriter) {
        path.write(to: &writer)
        descriptor.write(to: &writer)
        change.write(to: &writer)
        hostPropagation.write(to: &writer)
        propagation.write(to: &writer)
        propagationIsRecursive.write(to: &writer)
        isReadOnly.write(to: &writer)
        mounts.write(to: &writer)
        devices.write(to: &writer)
        links.write(to: &writer)
        maskedPaths.write(to: &writer)
        readonlyPaths.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        path = try HostPath(from: &reader)
        descriptor = try UInt32?(from: &reader)
        change = try RootChange(from: &reader)
        hostPropagation = try MountPropagation(from: &reader)
        propagation = try MountPropagation?(from: &reader)
        propagationIsRecursive = try Bool(from: &reader)
        isReadOnly = try Bool(from: &reader)
        mounts = try [MountPlan](from: &reader)
        devices = try [DevicePlan](from: &reader)
        links = try [LinkPlan](from: &reader)
        maskedPaths = try [ContainerPath](from: &reader)
        readonlyPaths = try [ContainerPath](from: &reader)
    }
}

/// One mount. Attributes are those of this mount; parameters of a file system are in its `source`.
public struct MountPlan: Hashable, WireValue {
    public var destination: ContainerPath
    public var source: MountSource
    public var set: MountAttributes
    public var clear: MountAttributes
    /// Attributes for the whole tree, as `rro` asks.
    public var setBelow: MountAttributes
    public var clearBelow: MountAttributes
    /// Applied in order.
    public var propagation: [PropagationChange]

    public init(
        destination: ContainerPath, source: MountSource, set: MountAttributes = [], clear: MountAttributes = [],
        setBelow: MountAttributes = [], clearBelow: MountAttributes = [], propagation: [PropagationChange] = []
    ) {
        self.destination = destination
        self.source = source
        self.set = set
        self.clear = clear
        self.setBelow = setBelow
        self.clearBelow = clearBelow
        self.propagation = propagation
    }

    public func write(to writer: inout WireWriter) {
        destination.write(to: &writer)
        source.write(to: &writer)
        set.write(to: &writer)
        clear.write(to: &writer)
        setBelow.write(to: &writer)
        clearBelow.write(to: &writer)
        propagation.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        destination = try ContainerPath(from: &reader)
        source = try MountSource(from: &reader)
        set = try MountAttributes(from: &reader)
        clear = try MountAttributes(from: &reader)
        setBelow = try MountAttributes(from: &reader)
        clearBelow = try MountAttributes(from: &reader)
        propagation = try [PropagationChange](from: &reader)
    }
}

/// A change of one mount's propagation, or of its whole tree's.
public struct PropagationChange: Hashable, WireValue {
    public var propagation: MountPropagation
    public var isRecursive: Bool

    public init(propagation: MountPropagation, isRecursive: Bool) {
        self.propagation = propagation
        self.isRecursive = isRecursive
    }

    public func write(to writer: inout WireWriter) {
        propagation.write(to: &writer)
        isRecursive.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        propagation = try MountPropagation(from: &reader)
        isRecursive = try Bool(from: &reader)
    }
}

/// A new mount of a file system type.
public struct FileSystemPlan: Hashable, WireValue {
    /// As `proc`, `tmpfs`.
    public var type: String
    /// What mountinfo shows as the source.
    public var source: String
    /// `key=value` or `flag`, for `fsconfig(2)`.
    public var parameters: [String]
    /// `tmpcopyup`: what the mount point holds is copied into it.
    public var copiesUp: Bool

    public init(type: String, source: String, parameters: [String] = [], copiesUp: Bool = false) {
        self.type = type
        self.source = source
        self.parameters = parameters
        self.copiesUp = copiesUp
    }

    /// A tmpfs that is not told its mode has that of its mount point, where that is there.
    public var inheritsMode: Bool { type == "tmpfs" && !parameters.contains { $0.hasPrefix("mode=") } }

    public func write(to writer: inout WireWriter) {
        type.write(to: &writer)
        source.write(to: &writer)
        parameters.write(to: &writer)
        copiesUp.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        type = try String(from: &reader)
        source = try String(from: &reader)
        parameters = try [String](from: &reader)
        copiesUp = try Bool(from: &reader)
    }
}

/// A bind of a host file or directory.
public struct BindPlan: Hashable, WireValue {
    public var path: HostPath
    public var isRecursive: Bool
    /// Index of a detached copy that the parent made, where the init may not be able to reach the path.
    public var descriptor: UInt32?

    public init(path: HostPath, isRecursive: Bool, descriptor: UInt32? = nil) {
        self.path = path
        self.isRecursive = isRecursive
        self.descriptor = descriptor
    }

    public func write(to writer: inout WireWriter) {
        path.write(to: &writer)
        isRecursive.write(to: &writer)
        descriptor.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        path = try HostPath(from: &reader)
        isRecursive = try Bool(from: &reader)
        descriptor = try UInt32?(from: &reader)
    }
}

/// A device node, or a FIFO. Its owner is as the container counts.
public struct DevicePlan: Hashable, WireValue {
    public var path: ContainerPath
    public var type: FileType
    public var device: DeviceNumber
    public var permissions: UInt32
    public var uid: UInt32
    public var gid: UInt32
    /// Bind the host's node of the same path: in a user namespace no node can be made.
    public var bindsFromHost: Bool

    public init(
        path: ContainerPath, type: FileType, device: DeviceNumber, permissions: UInt32 = 0o666, uid: UInt32 = 0,
        gid: UInt32 = 0, bindsFromHost: Bool = false
    ) {
        self.path = path
        self.type = type
        self.device = device
        self.permissions = permissions
        self.uid = uid
        self.gid = gid
        self.bindsFromHost = bindsFromHost
    }

    public func write(to writer: inout WireWriter) {
        path.write(to: &writer)
        type.write(to: &writer)
        device.write(to: &writer)
        permissions.write(to: &writer)
        uid.write(to: &writer)
        gid.write(to: &writer)
        bindsFromHost.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        path = try ContainerPath(from: &reader)
        type = try FileType(from: &reader)
        device = try DeviceNumber(from: &reader)
        permissions = try UInt32(from: &reader)
        uid = try UInt32(from: &reader)
        gid = try UInt32(from: &reader)
        bindsFromHost = try Bool(from: &reader)
    }
}

/// A symbolic link.
public struct LinkPlan: Hashable, WireValue {
    public var path: ContainerPath
    public var target: String

    public init(path: ContainerPath, target: String) {
        self.path = path
        self.target = target
    }

    public func write(to writer: inout WireWriter) {
        path.write(to: &writer)
        target.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        path = try ContainerPath(from: &reader)
        target = try String(from: &reader)
    }
}

/// How the container's root becomes `/`.
public enum RootChange: UInt8, Hashable, WireValue {
    /// `pivot_root(2)`; the host's tree is detached.
    case pivot
    /// The root is moved over `/` and `chroot(2)` follows, for root file systems on which `pivot_root` cannot work (`--no-pivot`).
    case move
    /// `chroot(2)` alone: there is no mount namespace of the container's own.
    case chroot
}

/// What a mount shows.
public enum MountSource: Hashable, WireValue {
    case filesystem(FileSystemPlan)
    case bind(BindPlan)
    /// What is already mounted at the destination, with other attributes.
    case existing

    public func write(to writer: inout WireWriter) {
        switch self {
        case .filesystem(let plan):
            UInt8(0).write(to: &writer)
            plan.write(to: &writer)
        case .bind(let plan):
            UInt8(1).write(to: &writer)
            plan.write(to: &writer)
        case .existing:
            UInt8(2).write(to: &writer)
        }
    }

    public init(from reader: inout WireReader) throws(WireError) {
        switch try UInt8(from: &reader) {
        case 0: self = .filesystem(try FileSystemPlan(from: &reader))
        case 1: self = .bind(try BindPlan(from: &reader))
        case 2: self = .existing
        default: throw reader.failure
        }
    }
}
