import LinuxKernel
import LinuxTypes

/// The path library where nobody attacks.
let pathFacts = [
    Fact("path-forms") {
        // A4: doubled and trailing slashes, dots, and `..` that ends inside.
        let scratch = try Scratch()
        _ = try scratch.root.makeDirectories(containerPath("/a//b/./c/"))
        try expectEqual(try scratch.names("a/b"), ["c"])
        _ = try scratch.root.makeFile(containerPath("//x/../y/"))
        try expectEqual(try scratch.image.status(of: "y").type, .regular)
        _ = try scratch.root.makeDirectories(containerPath("/a/../../../d"))
        try expectEqual(try scratch.names(), ["a", "d", "x", "y"])
        let again = try scratch.root.makeDirectories(containerPath("/"))
        try expectEqual(try again.descriptor.status().inode, try scratch.image.status().inode)
        try scratch.expectHostUntouched("odd forms of paths")
    },
    Fact("path-odd-names") {
        let scratch = try Scratch()
        for name in [
            "new\nline", " ", "x (deleted)", "...", "-rf", "\u{301}", "é", "\\", "*", String(repeating: "n", count: 255),
        ] {
            _ = try scratch.root.makeDirectories(containerPath("/d/\(name)"))
            _ = try scratch.root.makeFile(containerPath("/f/\(name)"))
            try expect(try scratch.names("d").contains(name), "no directory '\(name)'")
            try expect(try scratch.names("f").contains(name), "no file '\(name)'")
        }
    },
    Fact("path-too-long") {
        let scratch = try Scratch()
        let name = try containerPath("/" + String(repeating: "n", count: 256))
        let whole = try containerPath(String(repeating: "/abc", count: 1100))
        for path in [name, whole] {
            try expectErrno(.ENAMETOOLONG, "a directory") { () throws(KernelError) in _ = try scratch.root.makeDirectories(path) }
            try expectErrno(.ENAMETOOLONG, "a file") { () throws(KernelError) in _ = try scratch.root.makeFile(path) }
            try expectErrno(.ENAMETOOLONG, "a handle") { () throws(KernelError) in _ = try scratch.root.handle(path) }
        }
        try expectEqual(try scratch.names(), [])
    },
    Fact("path-file-and-directory-confused") {
        // A5
        let scratch = try Scratch()
        try scratch.makeFile("file", "content")
        try scratch.image.makeDirectory("directory", permissions: 0o700)
        try expectErrno(.ENOTDIR, "a directory where a file is") { () throws(KernelError) in
            _ = try scratch.root.makeDirectories(.init(unproved: "/file"))
        }
        try expectErrno(.ENOTDIR, "a directory below a file") { () throws(KernelError) in
            _ = try scratch.root.makeDirectories(.init(unproved: "/file/below"))
        }
        try expectErrno(.ENOTDIR, "a file below a file") { () throws(KernelError) in
            _ = try scratch.root.makeFile(.init(unproved: "/file/below"))
        }
        let handle = try scratch.root.makeFile(containerPath("/directory"))
        try expectEqual(try handle.descriptor.status().type, .directory)
        try expectEqual(try scratch.names(), ["directory", "file"])
    },
    Fact("path-existing-is-kept") {
        // A12: what an image brings keeps its bytes, mode and owner; what is made in a setgid directory belongs to its group.
        let scratch = try Scratch()
        try scratch.makeFile("file", "content")
        try scratch.image.makeDirectory("shared", permissions: 0o755)
        let shared = try scratch.image.open("shared", [.readOnly, .directory])
        try shared.descriptor.changeOwner(uid: 12, gid: 34)
        try shared.descriptor.changePermissions(0o2711)
        _ = try scratch.root.makeFile(containerPath("/file"))
        _ = try scratch.root.makeDirectories(containerPath("/shared"))
        _ = try scratch.root.makeDirectories(containerPath("/shared/new"))
        let file = try scratch.image.open("file", .readOnly)
        try expectEqual(try file.descriptor.readToEnd(limit: 100), Array("content".utf8))
        let status = try scratch.image.status(of: "shared")
        try expectEqual([status.permissions, status.uid, status.gid], [0o2711, 12, 34])
        try expectEqual(try shared.descriptor.status(of: "new").gid, 34)
    },
    Fact("path-missing-is-nil") {
        let scratch = try Scratch()
        try scratch.makeFile("file")
        for path in ["/nothing", "/nothing/below", "/file/below", "/file/"] {
            let handle = try scratch.root.handle(containerPath(path))
            let found = handle != nil
            try expect(!found, "a handle on \(path)")
        }
        try expectEqual(try scratch.names(), ["file"])
    },
    Fact("path-parents") {
        let scratch = try Scratch()
        for path in ["/", "/..", "/a/..", "//", "."] {
            try expectErrno(.EINVAL, "the parent of \(path)") { () throws(KernelError) in
                _ = try scratch.root.parent(of: .init(unproved: path))
            }
        }
        try scratch.image.makeSymbolicLink("link", to: "real/deep")
        let parent = try scratch.root.parent(of: containerPath("/link/name"))
        try expectEqual(parent.name, "name")
        try parent.directory.descriptor.makeDirectory(parent.name, permissions: 0o700)
        try expectEqual(try scratch.names("real/deep"), ["name"])
    },
]

extension ContainerPath {
    /// For paths that a fact itself has written.
    init(unproved text: String) throws(KernelError) {
        guard let path = ContainerPath(text) else { throw KernelError(call: "openat2", errno: .EINVAL, subject: text) }
        self = path
    }
}
