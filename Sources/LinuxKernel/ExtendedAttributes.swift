import CLinux
import Glibc
public import LinuxTypes

/// `fsetxattr(2)` and its family. Names are bytes without NUL (`EINVAL`), as `user.comment`; values any bytes.
extension FileDescriptor {
    /// Sets an attribute of this open file.
    public func setAttribute(_ name: [UInt8], to value: [UInt8]) throws(KernelError) {
        let result = try Self.withCName(name) { name in
            value.withUnsafeBytes {
                systemCall(__NR_fsetxattr, argument, address(name), address($0.baseAddress), $0.count, 0)
            }
        }
        try check("fsetxattr", printable(name), result)
    }

    /// Sets an attribute of what a name in this directory stands for, a symbolic link itself, through `/proc/self/fd`.
    public func setAttribute(_ name: [UInt8], of file: FileName, to value: [UInt8]) throws(KernelError) {
        let path = pathOf(file)
        let result = try Self.withCName(name) { name in
            path.withUnsafeBytes { path in
                value.withUnsafeBytes {
                    systemCall(
                        __NR_lsetxattr, address(path.baseAddress), address(name), address($0.baseAddress), $0.count, 0)
                }
            }
        }
        try check("lsetxattr", printable(name), result)
    }

    /// `fremovexattr(2)`.
    public func removeAttribute(_ name: [UInt8]) throws(KernelError) {
        let result = try Self.withCName(name) { systemCall(__NR_fremovexattr, argument, address($0)) }
        try check("fremovexattr", printable(name), result)
    }

    /// The value of an attribute of this open file; nil where it has none of that name.
    public func attribute(_ name: [UInt8]) throws(KernelError) -> [UInt8]? {
        try Self.value(name) { name, start, size in systemCall(__NR_fgetxattr, argument, address(name), start, size) }
    }

    /// As `attribute(_:)`, of what a name in this directory stands for.
    public func attribute(_ name: [UInt8], of file: FileName) throws(KernelError) -> [UInt8]? {
        let path = pathOf(file)
        return try Self.value(name) { name, start, size in
            path.withUnsafeBytes { systemCall(__NR_lgetxattr, address($0.baseAddress), address(name), start, size) }
        }
    }

    /// The names of the attributes of this open file that the caller may see, in the kernel's order; none where the file system has none.
    public func attributeNames() throws(KernelError) -> [[UInt8]] {
        try Self.names { start, size in systemCall(__NR_flistxattr, argument, start, size) }
    }

    /// As `attributeNames()`, of what a name in this directory stands for.
    public func attributeNames(of file: FileName) throws(KernelError) -> [[UInt8]] {
        let path = pathOf(file)
        return try Self.names { start, size in
            path.withUnsafeBytes { systemCall(__NR_llistxattr, address($0.baseAddress), start, size) }
        }
    }

    /// The directory by its descriptor, and one name in it: the kernel has no `fsetxattrat(2)` before 6.13.
    private func pathOf(_ file: FileName) -> [UInt8] { Array("/proc/self/fd/\(number)/".utf8) + file.bytes + [0] }

    private static func withCName(_ name: [UInt8], _ body: (UnsafeRawPointer) -> Int) throws(KernelError) -> Int {
        if name.isEmpty || name.contains(0) { throw KernelError(call: "setxattr", errno: .EINVAL, subject: printable(name)) }
        return (name + [0]).withUnsafeBytes { body($0.baseAddress.unsafelyUnwrapped) }
    }

    private static func value(
        _ name: [UInt8], _ call: (UnsafeRawPointer, Int, Int) -> Int
    ) throws(KernelError) -> [UInt8]? {
        var capacity = 256
        while true {
            var result = 0
            var failure: KernelError?
            let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                do throws(KernelError) {
                    result = try withCName(name) { call($0, address(buffer.baseAddress), buffer.count) }
                } catch { failure = error }
                count = max(result, 0)
            }
            if let failure { throw failure }
            if result == -Int(Errno.ENODATA.rawValue) || result == -Int(Errno.ENOTSUP.rawValue) { return nil }
            // `XATTR_SIZE_MAX` is 64 KiB: larger there is none.
            if result == -Int(Errno.ERANGE.rawValue), capacity < 65536 {
                capacity = 65536
                continue
            }
            try check("getxattr", printable(name), result)
            return bytes
        }
    }

    private static func names(_ call: (Int, Int) -> Int) throws(KernelError) -> [[UInt8]] {
        var capacity = 1024
        while true {
            var result = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                result = call(address(buffer.baseAddress), buffer.count)
                count = max(result, 0)
            }
            if result == -Int(Errno.ENOTSUP.rawValue) { return [] }
            if result == -Int(Errno.ERANGE.rawValue), capacity < 65536 {
                capacity = 65536
                continue
            }
            try check("listxattr", "", result)
            return bytes.split(separator: 0).map { Array($0) }
        }
    }
}
