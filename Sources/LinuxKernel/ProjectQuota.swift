import CLinux
import LinuxTypes

/// What a file system counts of a project, and what it allows.
public struct ProjectUsage: Hashable, Sendable {
    /// Bytes that its files occupy.
    public var bytes: UInt64
    /// Files, directories and others.
    public var inodes: UInt64
    /// Bytes that are not exceeded, in whole KiB; nil without a limit.
    public var limit: UInt64?
}

// Projects of files, of which ext4 and XFS count and limit the bytes: quotactl(2), ioctl_xfs_fsgetxattr(2).
extension FileDescriptor {
    /// `FS_IOC_FSGETXATTR`: the project of this file, 0 for none. `ENOTTY` or `ENOTSUP` where the file system has no projects.
    public func project() throws(KernelError) -> UInt32 { try projectAttributes()[3] }

    /// `FS_IOC_FSSETXATTR`: this file belongs to the project from now on; of a directory with `inherits`, so does what is made in it. What is in it already
    /// stays as it is. The caller is in the first user namespace and owns the file or has `CAP_FOWNER`.
    public func setProject(_ project: UInt32, inherits: Bool) throws(KernelError) {
        let inherit: UInt32 = 0x200
        var raw = try projectAttributes()
        raw[0] = inherits ? raw[0] | inherit : raw[0] & ~inherit
        raw[3] = project
        let result = raw.withUnsafeBytes { systemCall(__NR_ioctl, argument, 0x401c_5820, address($0.baseAddress)) }
        try check("ioctl", "FS_IOC_FSSETXATTR", result)
    }

    /// `struct fsxattr`: flags, extent size, extents, project, another extent size, and eight bytes of nothing.
    private func projectAttributes() throws(KernelError) -> [UInt32] {
        var raw = [UInt32](repeating: 0, count: 7)
        let result = raw.withUnsafeMutableBytes {
            systemCall(__NR_ioctl, argument, Int(0x801c_581f as UInt32), address($0.baseAddress))
        }
        try check("ioctl", "FS_IOC_FSGETXATTR", result)
        return raw
    }

    /// `Q_XGETQSTATV`: whether the file system on which this lies counts what projects have, and holds them to their limits. Throws where it knows no
    /// quotas of projects; `ENOSYS` before Linux 5.14, which has no `quotactl_fd`.
    public func enforcesProjectQuotas() throws(KernelError) -> Bool {
        // `struct fs_quota_statv` of version 1, with room: its flags stand at byte 2.
        var raw = [UInt64](repeating: 0, count: 32)
        raw[0] = 1
        try projectQuota(0x5808, 0, &raw, "Q_XGETQSTATV")
        let counted: UInt64 = 1 << 4
        let enforced: UInt64 = 1 << 5
        return raw[0] >> 16 & (counted | enforced) == counted | enforced
    }

    /// `Q_GETQUOTA` of a project, on the file system on which this lies. Wants `CAP_SYS_ADMIN`.
    public func usage(ofProject project: UInt32) throws(KernelError) -> ProjectUsage {
        var raw = [UInt64](repeating: 0, count: 9)
        do throws(KernelError) { try projectQuota(0x80_0007, project, &raw, "Q_GETQUOTA") } catch {
            // XFS has nothing of who never had anything.
            if error.errno == .ENOENT { return ProjectUsage(bytes: 0, inodes: 0, limit: nil) }
            throw error
        }
        return ProjectUsage(bytes: raw[2], inodes: raw[5], limit: raw[0] == 0 ? nil : raw[0] << 10)
    }

    /// `Q_SETQUOTA` of a project: bytes that its files may occupy, rounded down to whole KiB, at least one; nil for as many as they like. Wants `CAP_SYS_ADMIN`.
    public func limitProject(_ project: UInt32, bytes: UInt64?) throws(KernelError) {
        // `struct if_dqblk`: hard and soft limit of blocks of 1024 bytes, and at its end which members count.
        var raw = [UInt64](repeating: 0, count: 9)
        raw[0] = bytes.map { max(1, $0 >> 10) } ?? 0
        raw[8] = 1
        try projectQuota(0x80_0008, project, &raw, "Q_SETQUOTA")
    }

    /// `quotactl_fd(2)`, Linux 5.14, for quotas of projects.
    private func projectQuota(
        _ command: Int, _ project: UInt32, _ raw: inout [UInt64], _ subject: String
    ) throws(KernelError) {
        let ofProjects = 2
        let result = raw.withUnsafeMutableBytes {
            systemCall(443, argument, command << 8 | ofProjects, Int(project), address($0.baseAddress))
        }
        try check("quotactl_fd", subject, result)
    }
}
