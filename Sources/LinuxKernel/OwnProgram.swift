import LinuxTypes

/// The file that this process executes, by the kernel's own link: no name that a caller could choose.
public enum OwnProgram {
    /// Where it lies, or lay before another was put in its place.
    public static func path() throws(KernelError) -> String { try path(of: "self") }

    /// The same of another process, by its pid.
    public static func path(of process: String) throws(KernelError) -> String {
        let path = try FileDescriptor.workingDirectory.readLink("/proc/\(process)/exe")
        let mark = " (deleted)"
        return path.hasSuffix(mark) ? String(path.dropLast(mark.count)) : path
    }

    /// Where another program of the same installation lies: beside it.
    public static func sibling(_ name: String) throws(KernelError) -> String {
        let own = try path()
        guard let slash = own.utf8.lastIndex(of: UInt8(ascii: "/")) else {
            throw KernelError(call: "readlinkat", errno: .ENOENT, subject: "/proc/self/exe: \(own)")
        }
        // Two strings: adding to a substring is generic code, which costs its first caller a hundred microseconds of type metadata.
        return String(own[...slash]) + name
    }
}
