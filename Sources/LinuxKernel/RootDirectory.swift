import CLinux
public import LinuxTypes

/// An open directory and a name in it that may or may not exist.
public struct ParentDirectory: ~Copyable, Sendable {
    public let directory: OwnedDescriptor
    public let name: String
}

/// The one path library: everything that is opened, made or mounted below a container's root, a layer or a volume goes through here.
///
/// Paths resolve in the kernel, `openat2(2)` with `RESOLVE_IN_ROOT`: absolute links and `..` count from this directory, and magic links
/// (those of `/proc/PID/fd`) are refused, so that nothing inside can name anything outside, not even while it is being changed.
public struct RootDirectory: ~Copyable, Sendable {
    private let root: OwnedDescriptor

    /// Takes over an open directory.
    public init(owning root: consuming OwnedDescriptor) { self.root = root }

    /// The caller's own root directory, `/`.
    public static func current() throws(KernelError) -> RootDirectory {
        RootDirectory(owning: try FileDescriptor.workingDirectory.open("/", [.pathOnly, .directory]))
    }

    public var descriptor: FileDescriptor { root.descriptor }

    /// `openat2(2)` in this root. Without `create`, nothing is made. A FIFO never blocks when `flags` has `nonblocking`.
    public func open(
        _ path: ContainerPath, _ flags: OpenFlags, permissions: UInt32 = 0, followLast: Bool = true
    ) throws(KernelError) -> OwnedDescriptor {
        let all = followLast ? flags : flags.union(.noFollow)
        return try open(path.string, all, permissions: permissions, resolve: Self.inRoot)
    }

    /// A handle on what is there, of any type, without opening it; nil where nothing is.
    public func handle(_ path: ContainerPath, followLast: Bool = true) throws(KernelError) -> OwnedDescriptor? {
        do throws(KernelError) {
            return try open(path, .pathOnly, followLast: followLast)
        } catch let error where error.errno == .ENOENT || error.errno == .ENOTDIR {
            return nil
        }
    }

    /// A handle on a directory, made with its parents (mode `permissions`) where it is missing. Links are followed inside this root,
    /// dangling ones too: what they name is made. With `followLast` false a link in the last place is `ENOTDIR`.
    public func makeDirectories(
        _ path: ContainerPath, permissions: UInt32 = 0o755, followLast: Bool = true
    ) throws(KernelError) -> OwnedDescriptor {
        do throws(KernelError) {
            return try open(path, [.pathOnly, .directory], followLast: followLast)
        } catch let error where error.errno == .ENOENT {
            if let made = try makeLast(of: path, permissions: permissions) { return made }
            return try walk(path, last: .directory, permissions: permissions)
        }
    }

    /// The usual case in three calls: only the last name is missing, and no link is in the way. nil where that is not so.
    private func makeLast(of path: ContainerPath, permissions: UInt32) throws(KernelError) -> OwnedDescriptor? {
        var parents = Self.names(in: path.string)
        guard let name = parents.popLast(), name != "..", !parents.contains("..") else { return nil }
        let place = parents.isEmpty ? "." : parents.joined(by: "/")
        let whole = parents.isEmpty ? name : place + "/" + name
        do throws(KernelError) {
            let parent = try open(place, [.pathOnly, .directory], permissions: 0, resolve: Self.inRootWithoutLinks)
            try parent.descriptor.makeDirectory(name, permissions: permissions)
            return try open(whole, [.pathOnly, .directory, .noFollow], permissions: 0, resolve: Self.inRootWithoutLinks)
        } catch let error where [.ENOENT, .EEXIST, .ELOOP, .ENOTDIR].contains(error.errno) {
            return nil
        }
    }

    /// A handle on a file to mount on. What exists is taken as it is, whatever its type; a missing one is made, empty, with its
    /// parents.
    public func makeFile(_ path: ContainerPath, permissions: UInt32 = 0o644) throws(KernelError) -> OwnedDescriptor {
        if let existing = try handle(path) { return existing }
        return try walk(path, last: .regular, permissions: permissions)
    }

    /// The directory that holds the path's last name, made where it is missing, and that name. Throws `EINVAL` for `/` and for a path
    /// that ends in `..`.
    public func parent(of path: ContainerPath) throws(KernelError) -> ParentDirectory {
        var names = Self.names(in: path.string)
        guard let name = names.popLast(), name != "..", let parent = ContainerPath(names.joined(by: "/")) else {
            throw KernelError(call: "openat2", errno: .EINVAL, subject: path.string)
        }
        return ParentDirectory(directory: try makeDirectories(parent), name: name)
    }

    private func open(
        _ path: String, _ flags: OpenFlags, permissions: UInt32, resolve: UInt64
    ) throws(KernelError) -> OwnedDescriptor {
        var how = open_how()
        how.flags = UInt64(UInt32(bitPattern: flags.union(.closeOnExec).rawValue))
        how.mode = UInt64(permissions)
        how.resolve = resolve
        // EAGAIN: a rename or mount raced with `..`; the kernel asks for another try.
        var attempts = 0
        while true {
            let result = path.withCString { name in
                withUnsafeMutablePointer(to: &how) {
                    systemCall(__NR_openat2, root.descriptor.argument, address(name), address($0), MemoryLayout<open_how>.size)
                }
            }
            if result == -Int(Errno.EINTR.rawValue) { continue }
            if result == -Int(Errno.EAGAIN.rawValue), attempts < 128 {
                attempts += 1
                continue
            }
            return OwnedDescriptor(try check("openat2", path, result))
        }
    }

    /// Goes down name by name, making what is missing. Every step resolves a path of real directories from the root, so that a name that is
    /// swapped for a link in the meantime is an error (`ELOOP`), never an escape.
    private func walk(_ path: ContainerPath, last: FileType, permissions: UInt32) throws(KernelError) -> OwnedDescriptor {
        var pending = Self.names(in: path.string).reversed() as [String]
        var done: [String] = []
        var links = 0
        while let name = pending.popLast() {
            if name == ".." {
                _ = done.popLast()
                continue
            }
            let next = (done + [name]).joined(by: "/")
            let type = pending.isEmpty ? last : .directory
            let found: OwnedDescriptor
            do throws(KernelError) {
                found = try open(next, [.pathOnly, .noFollow], permissions: 0, resolve: Self.inRootWithoutLinks)
            } catch let error where error.errno == .ENOENT {
                // Parents are directories that can be entered, whatever the file below them is to be.
                try make(name, in: done, type: type, permissions: pending.isEmpty ? permissions : 0o755)
                done.append(name)
                continue
            }
            if try found.descriptor.status().type == .symbolicLink {
                links += 1
                if links > 40 { throw KernelError(call: "openat2", errno: .ELOOP, subject: path.string) }
                let target = try found.descriptor.readLink("")
                if target.utf8.first == UInt8(ascii: "/") { done = [] }
                pending += Self.names(in: target).reversed()
            } else {
                done.append(name)
            }
        }
        let flags: OpenFlags = last == .directory ? [.pathOnly, .directory] : .pathOnly
        let whole = done.isEmpty ? "." : done.joined(by: "/")
        return try open(whole, flags.union(.noFollow), permissions: 0, resolve: Self.inRootWithoutLinks)
    }

    /// The names between slashes, less empty ones and `.`; by bytes, as the kernel sees them. To Swift a slash before a combining mark is another
    /// character: `../` and such a mark would pass for one name, and the `mkdirat(2)` of it would leave the root.
    private static func names(in path: String) -> [String] {
        path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }.filter { $0 != "." }
    }

    private func make(_ name: String, in parents: [String], type: FileType, permissions: UInt32) throws(KernelError) {
        let whole = parents.isEmpty ? "." : parents.joined(by: "/")
        let parent = try open(whole, [.pathOnly, .directory], permissions: 0, resolve: Self.inRootWithoutLinks)
        do throws(KernelError) {
            if type == .directory {
                try parent.descriptor.makeDirectory(name, permissions: permissions)
            } else {
                _ = try parent.descriptor.open(name, [.create, .exclusive, .noFollow, .writeOnly], permissions: permissions)
            }
        } catch let error where error.errno == .EEXIST {
            // Somebody else made it between the two calls; the walk looks at it again when it opens the whole path.
        }
    }

    private static let inRoot = UInt64(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS)
    private static let inRootWithoutLinks = UInt64(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS)
}
