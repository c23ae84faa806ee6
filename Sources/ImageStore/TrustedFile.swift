internal import LinuxKernel
public import LinuxTypes

/// Reads files that say whom to trust, or what to run: policies, keys, configurations. Whoever may write such a file, or put another in its place, decides what runs here; so nobody may
/// but root and the caller.
public enum TrustedFile {
    /// The bytes of a file; nil where there is none. Throws `refused` where somebody else could have written it.
    public static func read(_ path: HostPath, limit: Int) throws(ImageError) -> [UInt8]? {
        guard let file = try open(path) else { return nil }
        let status = try kernel { () throws(KernelError) in try file.descriptor.status() }
        guard status.type == .regular else { throw .refused(path: path.string, reason: "not a regular file") }
        try check(status, path, "")
        // Where it lies, whatever links led there; and where the first of them lies.
        let real = try kernel { () throws(KernelError) in
            try FileDescriptor.workingDirectory.readLink("/proc/self/fd/\(file.descriptor.number)")
        }
        let parent = try directory(of: real)
        let (_, name) = split(real)
        guard try isSame(status, name, in: parent.descriptor) else {
            throw .refused(path: path.string, reason: "was moved while it was read")
        }
        try checkDirectories(from: parent, path)
        let named = try directory(of: path.string)
        try checkDirectories(from: named, path)
        return try kernel { () throws(KernelError) in try file.descriptor.readToEnd(limit: limit, subject: path.string) }
    }

    private static func open(_ path: HostPath) throws(ImageError) -> OwnedDescriptor? {
        do throws(KernelError) {
            return try FileDescriptor.workingDirectory.open(
                path.string, [.readOnly, .nonblocking, .noControllingTerminal])
        } catch {
            guard error.errno == .ENOENT else { throw .kernel(error) }
        }
        // A link to nothing is a policy that was lost, not one that nobody wrote.
        for end in path.string.utf8.indices where end > path.string.startIndex && path.string.utf8[end] == UInt8(ascii: "/") {
            try refuseLink(String(path.string[..<end]), path)
        }
        try refuseLink(path.string, path)
        return nil
    }

    private static func refuseLink(_ part: String, _ path: HostPath) throws(ImageError) {
        let link = try present { () throws(KernelError) in try FileDescriptor.workingDirectory.status(of: part) }
        guard link?.type == .symbolicLink else { return }
        let target = try present { () throws(KernelError) in try FileDescriptor.workingDirectory.statusFollowing(part) }
        if target == nil { throw .refused(path: path.string, reason: "'\(part)' is a link to nothing") }
    }

    /// nil where there is nothing.
    private static func present(_ body: () throws(KernelError) -> FileStatus) throws(ImageError) -> FileStatus? {
        do throws(KernelError) { return try body() } catch {
            if error.errno == .ENOENT { return nil }
            throw .kernel(error)
        }
    }

    private static func directory(of path: String) throws(ImageError) -> OwnedDescriptor {
        let (directory, _) = split(path)
        return try kernel { () throws(KernelError) in
            try FileDescriptor.workingDirectory.open(directory, [.pathOnly, .directory])
        }
    }

    private static func split(_ path: String) -> (directory: String, name: String) {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
        return (String(path[...slash]), String(path[slash...].dropFirst()))
    }

    private static func isSame(_ status: FileStatus, _ name: String, in directory: FileDescriptor) throws(ImageError) -> Bool {
        let there = try present { () throws(KernelError) in try directory.status(of: name) }
        return there?.inode == status.inode && there?.device == status.device
    }

    /// All directories up to the root. In those above the first others may have files, where they cannot move ours: /tmp.
    private static func checkDirectories(from first: borrowing OwnedDescriptor, _ path: HostPath) throws(ImageError) {
        var chain = DescriptorList()
        var current = first.descriptor
        for depth in 0..<256 {
            let status = try kernel { () throws(KernelError) in try current.status() }
            let isSticky = status.permissions & 0o1000 != 0
            try check(status, path, depth == 0 ? "its directory " : "a directory above it ", isShared: depth > 0 && isSticky)
            let above = try kernel { () throws(KernelError) in try current.open("..", [.pathOnly, .directory]) }
            let upper = try kernel { () throws(KernelError) in try above.descriptor.status() }
            if upper.inode == status.inode, upper.device == status.device { return }
            let index = chain.append(above)
            current = chain.descriptors[index]
        }
        throw .refused(path: path.string, reason: "lies too deep")
    }

    private static func check(
        _ status: FileStatus, _ path: HostPath, _ what: String, isShared: Bool = false
    ) throws(ImageError) {
        guard status.uid == 0 || status.uid == effectiveUID() else {
            throw .refused(
                path: path.string, reason: "\(what)belongs to uid \(status.uid): who says whom to trust is root or you")
        }
        guard status.permissions & 0o022 == 0 || isShared else {
            throw .refused(
                path: path.string, reason: "\(what)has mode 0\(String(status.permissions, radix: 8)): others can write to it")
        }
    }
}
