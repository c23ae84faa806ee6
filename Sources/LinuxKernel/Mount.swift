// The mount calls that work on descriptors: open_tree(2), fsopen(2), fsconfig(2), fsmount(2), move_mount(2), mount_setattr(2).

import CLinux
public import LinuxTypes

/// A mount that is attached nowhere yet. Dropping it unmounts it.
public struct DetachedMount: ~Copyable, Sendable {
    private let handle: OwnedDescriptor

    init(_ result: Int) { handle = OwnedDescriptor(result) }

    /// Takes over a descriptor that `open_tree` or `fsmount` made, here or in another process.
    public init(owning descriptor: FileDescriptor) { handle = OwnedDescriptor(owning: descriptor) }

    /// The root of the mount, also after it is attached.
    public var descriptor: FileDescriptor { handle.descriptor }

    /// The descriptor without the promise that nothing is attached.
    public consuming func release() -> OwnedDescriptor { handle }

    /// `open_tree(2)` with `OPEN_TREE_CLONE`: a copy of the mount below a directory or file. An empty name copies the descriptor's own.
    public static func cloning(
        _ directory: FileDescriptor, _ name: String = "", recursive: Bool = false, subject: String = ""
    ) throws(KernelError) -> DetachedMount {
        let flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH_FLAG | (recursive ? AT_RECURSIVE : 0)
        let result = name.withCString { systemCall(__NR_open_tree, directory.argument, address($0), flags) }
        return DetachedMount(try check("open_tree", subject.isEmpty ? name : subject, result))
    }

    /// `mount_setattr(2)`.
    public func setAttributes(
        set: MountAttributes, clear: MountAttributes = [], propagation: MountPropagation? = nil, recursive: Bool = false,
        subject: String
    ) throws(KernelError) {
        try descriptor.setMountAttributes(
            set: set, clear: clear, propagation: propagation, recursive: recursive, subject: subject)
    }

    /// `mount_setattr(2)` with `MOUNT_ATTR_IDMAP`: files of this mount belong to whom the maps of a user namespace make of their owners. `EINVAL` where the
    /// file system cannot (Linux 5.12 and later, by file system), `EPERM` where it was done before.
    public func mapOwners(by userNamespace: FileDescriptor, isRecursive: Bool = false, subject: String) throws(KernelError) {
        try descriptor.setMountAttributes(
            set: .idMapped, recursive: isRecursive, userNamespace: userNamespace, subject: subject)
    }

    /// `move_mount(2)` onto an open directory or file. The mount's descriptor stays good and is now its place in the tree.
    public func attach(to target: FileDescriptor, subject: String) throws(KernelError) {
        let result = "".withCString { empty in
            systemCall(
                __NR_move_mount, descriptor.argument, address(empty), target.argument, address(empty),
                MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH)
        }
        try check("move_mount", subject, result)
    }
}

/// A file system being configured, `fsopen(2)`.
public struct FileSystemContext: ~Copyable {
    private let handle: OwnedDescriptor
    private let type: String

    /// `fsopen(2)`: `ENODEV` where the kernel has no such file system.
    public init(_ type: String) throws(KernelError) {
        let result = type.withCString { systemCall(__NR_fsopen, address($0), 1) }
        handle = OwnedDescriptor(try check("fsopen", type, result))
        self.type = type
    }

    /// `fsconfig(2)` `FSCONFIG_SET_STRING`.
    public func set(_ key: String, to value: String) throws(KernelError) {
        let result = key.withCString { key in
            value.withCString { systemCall(__NR_fsconfig, handle.descriptor.argument, 1, address(key), address($0), 0) }
        }
        if result < 0 { try fail(result, "\(key)=\(value)") }
    }

    /// `fsconfig(2)` `FSCONFIG_SET_FLAG`.
    public func set(_ key: String) throws(KernelError) {
        let result = key.withCString { systemCall(__NR_fsconfig, handle.descriptor.argument, 0, address($0), 0, 0) }
        if result < 0 { try fail(result, key) }
    }

    /// `FSCONFIG_CMD_CREATE`, then `fsmount(2)`: the new mount, attached nowhere.
    public consuming func mount(attributes: MountAttributes) throws(KernelError) -> DetachedMount {
        try create()
        let result = systemCall(__NR_fsmount, handle.descriptor.argument, 1, Int(attributes.rawValue))
        return DetachedMount(try check("fsmount", type, result))
    }

    /// `FSCONFIG_CMD_CREATE`: the file system exists, as long as this context does, and is mounted nowhere.
    public func create() throws(KernelError) {
        let created = systemCall(__NR_fsconfig, handle.descriptor.argument, 6, 0, 0, 0)
        if created < 0 { try fail(created, "") }
    }

    /// The kernel says in words what it did not like; the context's descriptor is where it says it.
    private func fail(_ result: Int, _ option: String) throws(KernelError) -> Never {
        var reason = ""
        let bytes = [UInt8](unsafeUninitializedCapacity: 512) { buffer, count in
            count = max(0, systemCall(__NR_read, handle.descriptor.argument, address(buffer.baseAddress), buffer.count))
        }
        // The message starts with its level, as `e tmpfs: Bad value for 'size'`.
        if bytes.count > 2 { reason = " (" + String(decoding: bytes.dropFirst(2), as: UTF8.self).trimmingNewline() + ")" }
        let subject = option.isEmpty ? type + reason : "\(type) \(option)\(reason)"
        throw KernelError(call: "fsconfig", errno: Errno(rawValue: Int32(truncatingIfNeeded: -result)), subject: subject)
    }
}

extension FileDescriptor {
    /// `mount_setattr(2)` on the mount whose root (or, with `recursive`, whose tree) this descriptor is.
    public func setMountAttributes(
        set: MountAttributes, clear: MountAttributes = [], propagation: MountPropagation? = nil, recursive: Bool = false,
        userNamespace: FileDescriptor? = nil, subject: String
    ) throws(KernelError) {
        var attributes = MountAttributeArguments(
            set: set.rawValue, clear: clear.rawValue, propagation: propagation?.rawValue ?? 0,
            userNamespace: userNamespace.map { UInt64($0.number) } ?? 0)
        let flags = AT_EMPTY_PATH_FLAG | (recursive ? AT_RECURSIVE : 0)
        let size = MemoryLayout<MountAttributeArguments>.size
        let result = "".withCString { empty in
            withUnsafeMutablePointer(to: &attributes) {
                systemCall(__NR_mount_setattr, argument, address(empty), flags, address($0), size)
            }
        }
        try check("mount_setattr", subject, result)
    }

    /// `fstatvfs(3)`'s `f_flag`: the attributes that the mount under this descriptor has now.
    public func mountAttributes() throws(KernelError) -> MountAttributes {
        var raw = statfs()
        try check("fstatfs", "", withUnsafeMutablePointer(to: &raw) { systemCall(__NR_fstatfs, argument, address($0)) })
        let flags = Int(raw.f_flags)
        var attributes: MountAttributes = []
        if flags & 0x1 != 0 { attributes.insert(.readOnly) }
        if flags & 0x2 != 0 { attributes.insert(.noSetuid) }
        if flags & 0x4 != 0 { attributes.insert(.noDevices) }
        if flags & 0x8 != 0 { attributes.insert(.noExecute) }
        if flags & 0x400 != 0 { attributes.insert(.noAccessTime) }
        if flags & 0x800 != 0 { attributes.insert(.noDirectoryAccessTime) }
        if flags & 0x1000 == 0, flags & 0x400 == 0 { attributes.insert(.strictAccessTime) }
        if flags & 0x2000 != 0 { attributes.insert(.noSymlinkFollow) }
        return attributes
    }
}

/// `pivot_root(2)` of the working directory onto itself: the old root ends up mounted on top, one `detachWorkingDirectory` away.
public func pivotRootToWorkingDirectory() throws(KernelError) {
    try check("pivot_root", ".", ".".withCString { systemCall(__NR_pivot_root, address($0), address($0)) })
}

/// `umount2(2)` of `.` with `MNT_DETACH`.
public func detachWorkingDirectory() throws(KernelError) {
    try check("umount2", ".", ".".withCString { systemCall(__NR_umount2, address($0), 2) })
}

/// `umount2(2)` by host path with `MNT_DETACH | UMOUNT_NOFOLLOW`.
public func unmountDetached(_ path: String) throws(KernelError) {
    try check("umount2", path, path.withCString { systemCall(__NR_umount2, address($0), 2 | 8) })
}

/// `chroot(2)` to the working directory.
public func changeRootToWorkingDirectory() throws(KernelError) {
    try check("chroot", ".", ".".withCString { systemCall(__NR_chroot, address($0)) })
}

/// `chdir(2)`.
public func changeDirectory(_ path: String) throws(KernelError) {
    try check("chdir", path, path.withCString { systemCall(__NR_chdir, address($0)) })
}

extension FileDescriptor {
    /// `fchdir(2)`.
    public func makeWorkingDirectory(subject: String = "") throws(KernelError) {
        try check("fchdir", subject, systemCall(__NR_fchdir, argument))
    }
}

/// `getcwd(2)`: the working directory's path; starts with `(unreachable)` where it lies outside the root.
public func workingDirectoryPath() throws(KernelError) -> String {
    var failure: KernelError?
    let bytes = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
        do throws(KernelError) {
            count = try check("getcwd", "", systemCall(__NR_getcwd, address(buffer.baseAddress), buffer.count))
        } catch {
            count = 0
            failure = error
        }
    }
    if let failure { throw failure }
    return String(decoding: bytes.dropLast(), as: UTF8.self)
}

/// `struct mount_attr`; `linux/mount.h` cannot be imported beside glibc's `sys/mount.h`.
private struct MountAttributeArguments {
    var set: UInt64
    var clear: UInt64
    var propagation: UInt64
    var userNamespace: UInt64
}

private let OPEN_TREE_CLONE = 1
private let OPEN_TREE_CLOEXEC = 0o2000000
private let AT_RECURSIVE = 0x8000
private let MOVE_MOUNT_F_EMPTY_PATH = 0x4
private let MOVE_MOUNT_T_EMPTY_PATH = 0x40

extension String {
    fileprivate func trimmingNewline() -> String { hasSuffix("\n") ? String(dropLast()) : self }
}
