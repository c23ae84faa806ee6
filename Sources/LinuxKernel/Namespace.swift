import CLinux
public import LinuxTypes

/// A namespace held open, with its kind proved.
public struct NamespaceHandle: ~Copyable, Sendable {
    private let handle: OwnedDescriptor
    public let kind: NamespaceKind

    /// Opens a namespace file such as `/proc/PID/ns/net`, or a bind mount of one, and checks that it is a namespace of the kind.
    /// Throws `EINVAL` from `ioctl_ns(2)` where it is of another kind and `ENOTTY` where it is no namespace.
    public init(
        path: String, in directory: FileDescriptor = .workingDirectory, kind: NamespaceKind
    ) throws(KernelError) {
        // O_NONBLOCK: a FIFO at the path must not hold us up.
        let file = try directory.open(path, [.readOnly, .nonblocking])
        guard try file.descriptor.fileSystemType() == .namespace else {
            throw KernelError(call: "fstatfs", errno: .ENOTTY, subject: "\(path) is not a namespace")
        }
        let found = try check("ioctl", path, systemCall(__NR_ioctl, file.descriptor.argument, NS_GET_NSTYPE))
        guard UInt64(found) == kind.cloneFlag else {
            let other = NamespaceKind(rawValue: UInt64(found)).map(\.specName) ?? "unknown"
            throw KernelError(
                call: "ioctl", errno: .EINVAL, subject: "\(path) is a \(other) namespace, not a \(kind.specName) one")
        }
        handle = file
        self.kind = kind
    }

    public var descriptor: FileDescriptor { handle.descriptor }

    public consuming func release() -> OwnedDescriptor { handle }
}

/// Which namespace a file stands for: unique while the machine runs.
public struct NamespaceIdentity: Hashable, Sendable {
    public let device: UInt64
    public let inode: UInt64

    /// One that was recorded in this boot.
    public init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }
}

extension FileDescriptor {
    /// The identity of the namespace that this descriptor holds open.
    public func namespaceIdentity() throws(KernelError) -> NamespaceIdentity {
        let status = try status()
        return NamespaceIdentity(device: status.device, inode: status.inode)
    }

    /// `setns(2)`. Mount and user namespaces need a single-threaded caller; a PID namespace holds only for children.
    public func enterNamespace(_ kind: NamespaceKind, subject: String = "") throws(KernelError) {
        try check(
            "setns", subject.isEmpty ? kind.specName : subject, systemCall(__NR_setns, argument, Int(kind.cloneFlag)))
    }

    /// `NS_GET_USERNS` of `ioctl_ns(2)`: the user namespace that owns this one. `EPERM` where it is outside the caller's.
    public func owningUserNamespace() throws(KernelError) -> OwnedDescriptor {
        OwnedDescriptor(try check("ioctl", "NS_GET_USERNS", systemCall(__NR_ioctl, argument, NS_GET_USERNS)))
    }

    /// `NS_GET_MNTNS_ID` of `ioctl_ns(2)`: the number of the mount namespace that this descriptor holds open. nil before Linux 6.11.
    public func mountNamespaceNumber() throws(KernelError) -> UInt64? {
        var number: UInt64 = 0
        let result = withUnsafeMutablePointer(to: &number) { systemCall(__NR_ioctl, argument, NS_GET_MNTNS_ID, address($0)) }
        do throws(KernelError) { try check("ioctl", "NS_GET_MNTNS_ID", result) } catch {
            if error.errno == .ENOTTY { return nil }
            throw error
        }
        return number
    }
}

/// `unshare(2)` of namespaces.
public func unshare(_ kinds: [NamespaceKind]) throws(KernelError) {
    let flags = kinds.reduce(UInt64(0)) { $0 | $1.cloneFlag }
    try check("unshare", kinds.map(\.specName).joined(by: ","), systemCall(__NR_unshare, Int(flags)))
}

private let NS_GET_USERNS = 0xb701
private let NS_GET_NSTYPE = 0xb703
private let NS_GET_MNTNS_ID = 0x8008_b705
