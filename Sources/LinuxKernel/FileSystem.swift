// Files by path or by directory descriptor, on the host's side. Anything below a container's root goes through `RootDirectory`.

import CLinux
import Glibc
public import LinuxTypes

/// What `fstat(2)` says of an inode.
public struct FileStatus: Hashable, Sendable {
    public let type: FileType?
    /// Permission bits with set-id and sticky bits, without the type.
    public let permissions: UInt32
    public let uid: UInt32
    public let gid: UInt32
    public let device: UInt64
    public let inode: UInt64
    /// The number that a device node stands for.
    public let deviceNumber: DeviceNumber
    /// Bytes.
    public let size: Int64
    public let links: UInt64
    /// When the contents were last written.
    public let modified: FileTime

    init(_ raw: stat) {
        type = FileType(mode: raw.st_mode)
        permissions = raw.st_mode & 0o7777
        uid = raw.st_uid
        gid = raw.st_gid
        device = UInt64(raw.st_dev)
        inode = UInt64(raw.st_ino)
        deviceNumber = DeviceNumber(encoded: UInt64(raw.st_rdev))
        size = Int64(raw.st_size)
        links = UInt64(raw.st_nlink)
        modified = FileTime(seconds: Int64(raw.st_mtim.tv_sec), nanoseconds: UInt32(truncatingIfNeeded: raw.st_mtim.tv_nsec))
    }
}

/// File system types, the `f_type` of `statfs(2)`.
public struct FileSystemType: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int64

    public init(rawValue: Int64) { self.rawValue = rawValue }

    public static let cgroup1 = FileSystemType(rawValue: 0x27_e0eb)
    public static let cgroup2 = FileSystemType(rawValue: 0x6367_7270)
    public static let devpts = FileSystemType(rawValue: 0x1cd1)
    public static let namespace = FileSystemType(rawValue: 0x6e73_6673)
    public static let proc = FileSystemType(rawValue: 0x9fa0)
    public static let sysfs = FileSystemType(rawValue: 0x6265_6572)
    public static let tmpfs = FileSystemType(rawValue: 0x0102_1994)
}

extension FileDescriptor {
    /// `openat(2)` with close-on-exec. `permissions` are those of a file that `create` makes.
    public func open(_ path: String, _ flags: OpenFlags, permissions: UInt32 = 0o600) throws(KernelError) -> OwnedDescriptor {
        let raw = Int(flags.union(.closeOnExec).rawValue)
        let result = try checkRetrying("open", path) {
            path.withCString { systemCall(__NR_openat, argument, address($0), raw, Int(permissions)) }
        }
        return OwnedDescriptor(result)
    }

    /// `fstat(2)`; works on `O_PATH` handles too.
    public func status() throws(KernelError) -> FileStatus {
        try status("", flags: AT_EMPTY_PATH_FLAG)
    }

    /// `newfstatat(2)` of a name below this directory, never following a symbolic link at the end.
    public func status(of name: String) throws(KernelError) -> FileStatus {
        try status(name, flags: Int(AT_SYMLINK_NOFOLLOW))
    }

    /// `newfstatat(2)` of a name below this directory, following symbolic links.
    public func statusFollowing(_ name: String) throws(KernelError) -> FileStatus {
        try status(name, flags: 0)
    }

    private func status(_ name: String, flags: Int) throws(KernelError) -> FileStatus {
        var raw = stat()
        try check("fstatat", name, name.withCString { readStatus(of: $0, flags: flags, into: &raw) })
        return FileStatus(raw)
    }

    /// The call itself, for every kind of name: what it returns, negative for an error.
    func readStatus(of path: UnsafeRawPointer, flags: Int, into raw: inout stat) -> Int {
        withUnsafeMutablePointer(to: &raw) {
            #if arch(x86_64)
            systemCall(__NR_newfstatat, argument, address(path), address($0), flags)
            #else
            systemCall(__NR3264_fstatat, argument, address(path), address($0), flags)
            #endif
        }
    }

    /// `fstatfs(2)`: which file system an open file lies on. Works on `O_PATH` handles.
    public func fileSystemType() throws(KernelError) -> FileSystemType {
        var raw = statfs()
        try check("fstatfs", "", withUnsafeMutablePointer(to: &raw) { systemCall(__NR_fstatfs, argument, address($0)) })
        return FileSystemType(rawValue: Int64(raw.f_type))
    }

    /// `fstatfs(2)`: whether the mount on which an open file lies lets nothing be executed. Works on `O_PATH` handles.
    public func isOnNoexecMount() throws(KernelError) -> Bool {
        var raw = statfs()
        try check("fstatfs", "", withUnsafeMutablePointer(to: &raw) { systemCall(__NR_fstatfs, argument, address($0)) })
        // ST_NOEXEC
        return raw.f_flags & 8 != 0
    }

    /// `fstatfs(2)`: how many bytes the file system has that an open file lies on. Works on `O_PATH` handles.
    public func fileSystemSize() throws(KernelError) -> UInt64 {
        var raw = statfs()
        try check("fstatfs", "", withUnsafeMutablePointer(to: &raw) { systemCall(__NR_fstatfs, argument, address($0)) })
        return UInt64(raw.f_blocks) &* UInt64(raw.f_bsize)
    }

    /// `statfs(2)` by path.
    public static func fileSystemType(ofPath path: String) throws(KernelError) -> FileSystemType {
        var raw = statfs()
        let result = path.withCString { name in
            withUnsafeMutablePointer(to: &raw) { systemCall(__NR_statfs, address(name), address($0)) }
        }
        try check("statfs", path, result)
        return FileSystemType(rawValue: Int64(raw.f_type))
    }

    /// `readlinkat(2)`; an empty name reads the link that this descriptor is.
    public func readLink(_ name: String) throws(KernelError) -> String {
        var failure: KernelError?
        let bytes = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
            let result = name.withCString {
                systemCall(__NR_readlinkat, argument, address($0), address(buffer.baseAddress), buffer.count)
            }
            do throws(KernelError) {
                count = try check("readlinkat", name, result)
            } catch {
                count = 0
                failure = error
            }
        }
        if let failure { throw failure }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `mkdirat(2)`.
    public func makeDirectory(_ name: String, permissions: UInt32) throws(KernelError) {
        try check("mkdirat", name, name.withCString { systemCall(__NR_mkdirat, argument, address($0), Int(permissions)) })
    }

    /// `mknodat(2)`. The process's umask applies.
    public func makeNode(_ name: String, type: FileType, permissions: UInt32, device: DeviceNumber) throws(KernelError) {
        let mode = Int(type.rawValue | permissions)
        let number = Int(truncatingIfNeeded: device.encoded)
        try check("mknodat", name, name.withCString { systemCall(__NR_mknodat, argument, address($0), mode, number) })
    }

    /// `symlinkat(2)`.
    public func makeSymbolicLink(_ name: String, to target: String) throws(KernelError) {
        let result = target.withCString { target in
            name.withCString { systemCall(__NR_symlinkat, address(target), argument, address($0)) }
        }
        try check("symlinkat", name, result)
    }

    /// `unlinkat(2)` of a file.
    public func unlink(_ name: String) throws(KernelError) {
        try check("unlinkat", name, name.withCString { systemCall(__NR_unlinkat, argument, address($0), 0) })
    }

    /// `unlinkat(2)` of an empty directory.
    public func removeDirectory(_ name: String) throws(KernelError) {
        try check("unlinkat", name, name.withCString { systemCall(__NR_unlinkat, argument, address($0), Int(AT_REMOVEDIR)) })
    }

    /// `unlink`, where the name is there; one that is gone already is as good.
    public func unlinkIfPresent(_ name: String) throws(KernelError) {
        do throws(KernelError) { try unlink(name) } catch let error where error.errno == .ENOENT {}
    }

    /// `removeDirectory`, where the name is there; one that is gone already is as good.
    public func removeDirectoryIfPresent(_ name: String) throws(KernelError) {
        do throws(KernelError) { try removeDirectory(name) } catch let error where error.errno == .ENOENT {}
    }

    /// Whether this very file has a name in a directory: not another of the same name, and not none.
    public func isNamed(_ name: String, in directory: FileDescriptor) throws(KernelError) -> Bool {
        let mine = try status()
        do throws(KernelError) {
            let current = try directory.status(of: name)
            return current.inode == mine.inode && current.device == mine.device
        } catch let error where error.errno == .ENOENT {
            return false
        }
    }

    /// `renameat2(2)` below one directory.
    public func rename(_ name: String, to target: String) throws(KernelError) {
        let result = name.withCString { name in
            target.withCString {
                systemCall(__NR_renameat2, argument, address(name), argument, address($0), 0)
            }
        }
        try check("renameat2", name, result)
    }

    /// `fchownat(2)` of this inode. nil leaves an id as it is.
    public func changeOwner(uid: UInt32?, gid: UInt32?, subject: String = "") throws(KernelError) {
        let result = "".withCString {
            systemCall(
                __NR_fchownat, argument, address($0), Int(uid ?? UInt32.max), Int(gid ?? UInt32.max), AT_EMPTY_PATH_FLAG)
        }
        try check("fchownat", subject, result)
    }

    /// `fchownat(2)` of a name below this directory, never following a symbolic link.
    public func changeOwner(of name: String, uid: UInt32, gid: UInt32) throws(KernelError) {
        let result = name.withCString {
            systemCall(__NR_fchownat, argument, address($0), Int(uid), Int(gid), Int(AT_SYMLINK_NOFOLLOW))
        }
        try check("fchownat", name, result)
    }

    /// `fchmod(2)`; not for `O_PATH` handles.
    public func changePermissions(_ permissions: UInt32, subject: String = "") throws(KernelError) {
        try check("fchmod", subject, systemCall(__NR_fchmod, argument, Int(permissions)))
    }

    /// The names in an open directory, in the kernel's order, without `.` and `..`.
    public func directoryEntries() throws(KernelError) -> [String] {
        var names: [String] = []
        try check("lseek", "", systemCall(__NR_lseek, argument, 0, 0))
        while true {
            var failure: KernelError?
            let chunk = [UInt8](unsafeUninitializedCapacity: 8192) { buffer, count in
                let result = systemCall(__NR_getdents64, argument, address(buffer.baseAddress), buffer.count)
                do throws(KernelError) {
                    count = try check("getdents64", "", result)
                } catch {
                    count = 0
                    failure = error
                }
            }
            if let failure { throw failure }
            if chunk.isEmpty { return names }
            Self.appendNames(of: chunk, to: &names)
        }
    }

    /// `struct linux_dirent64`: inode 8, offset 8, record length 2, type 1, then the name and a NUL.
    private static func appendNames(of chunk: [UInt8], to names: inout [String]) {
        var at = 0
        while at + 19 < chunk.count {
            let length = Int(chunk[at + 16]) | Int(chunk[at + 17]) << 8
            let name = String(decoding: chunk[(at + 19)..<(at + length)].prefix { $0 != 0 }, as: UTF8.self)
            if name != ".", name != ".." { names.append(name) }
            at += length
        }
    }
}

/// `AT_EMPTY_PATH`, which Glibc hides behind `_GNU_SOURCE`.
let AT_EMPTY_PATH_FLAG = 0x1000

/// A whole small file by host path, at most `limit` bytes.
public func readFile(_ path: String, limit: Int = 1 << 20) throws(KernelError) -> [UInt8] {
    let file = try FileDescriptor.workingDirectory.open(path, .readOnly)
    return try file.descriptor.readToEnd(limit: limit, subject: path)
}

/// A whole small text file by host path, without the newline at its end.
public func readText(_ path: String, limit: Int = 1 << 20) throws(KernelError) -> String {
    var bytes = try readFile(path, limit: limit)
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
}
