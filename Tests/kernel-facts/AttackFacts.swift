import CLinux
import Glibc
import LinuxKernel
import LinuxTypes

/// The path library against an image that wants out. The names A1, A2, … are those of the attack catalogue.
let attackFacts = [
    Fact("attack-root-is-a-link") {
        // A1: the library holds an open directory; what its name becomes afterwards does not matter.
        let scratch = try Scratch()
        try scratch.host.descriptor.rename("root", to: "moved")
        try scratch.host.descriptor.makeSymbolicLink("root", to: "..")
        _ = try scratch.root.makeDirectories(containerPath("/made"))
        try expectEqual(try scratch.names(), ["made"])
        let above = try scratch.mount.descriptor.open(".", [.readOnly, .directory])
        try expectEqual(try above.descriptor.directoryEntries(), ["host"])
    },
    Fact("attack-links-out") {
        // A2: every target counts from the container's root, for directories, files and parents alike.
        let targets = [
            "/", "..", "../..", "../../..", "/..", "../secret", "/../secret", "../root/../secret", "./../.././..", "/host/secret",
            "/etc", "../\u{301}x", "a/../../\u{301}x", "/\u{301}x/../../y",
        ]
        for target in targets {
            let scratch = try Scratch()
            try scratch.image.makeSymbolicLink("link", to: target)
            try scratch.image.makeSymbolicLink("link2", to: "link/deeper")
            attempt { () throws(KernelError) in _ = try scratch.root.makeDirectories(.init(unproved: "/link/made")) }
            attempt { () throws(KernelError) in _ = try scratch.root.makeFile(.init(unproved: "/link")) }
            attempt { () throws(KernelError) in _ = try scratch.root.makeFile(.init(unproved: "/link2/\u{301}file")) }
            attempt { () throws(KernelError) in _ = try scratch.root.makeDirectories(.init(unproved: "/link2")) }
            attempt { () throws(KernelError) in
                let parent = try scratch.root.parent(of: .init(unproved: "/link/secret"))
                _ = try parent.directory.descriptor.open(parent.name, [.writeOnly, .create, .truncate, .noFollow])
            }
            try scratch.expectHostUntouched("a link to '\(target)'")
            try expectErrno(.ENOENT, "the host's own path below '\(target)'") { () throws(KernelError) in
                _ = try FileDescriptor.workingDirectory.statusFollowing("/etc/made")
            }
        }
    },
    Fact("attack-slash-with-a-mark") {
        // To Swift `/` and a combining mark behind it are one character, to the kernel they are a separator and a name. A split by
        // characters passed `../` with such a name on as one name, and the mkdirat of it was outside.
        let scratch = try Scratch()
        try scratch.image.makeSymbolicLink("evil", to: "..")
        try scratch.image.makeSymbolicLink("dangling", to: "../\u{301}x")
        for path in ["/../\u{301}a", "/evil/\u{301}b", "/dangling", "/dangling/c", "/x/../../\u{301}d", "/evil/\u{301}e/../f"] {
            attempt { () throws(KernelError) in _ = try scratch.root.makeDirectories(.init(unproved: path)) }
            attempt { () throws(KernelError) in _ = try scratch.root.makeFile(.init(unproved: path + "f")) }
            try scratch.expectHostUntouched("'\(path)'")
        }
        try expect(try scratch.names().contains("\u{301}x"), "a link's target was not made inside: \(try scratch.names())")
    },
    Fact("attack-dangling-links") {
        // A2: what a dangling link names is made, inside.
        let scratch = try Scratch()
        try scratch.image.makeSymbolicLink("relative", to: "nowhere/deep")
        try scratch.image.makeSymbolicLink("absolute", to: "/hull-facts-nowhere/deep")
        _ = try scratch.root.makeDirectories(containerPath("/relative/more"))
        _ = try scratch.root.makeFile(containerPath("/absolute"))
        try expectEqual(try scratch.names("nowhere/deep"), ["more"])
        try expectEqual(try scratch.image.status(of: "hull-facts-nowhere/deep").type, .regular)
        try expectErrno(.ENOENT, "the host's /hull-facts-nowhere") { () throws(KernelError) in
            _ = try FileDescriptor.workingDirectory.status(of: "/hull-facts-nowhere")
        }
        try scratch.expectHostUntouched("dangling links")
    },
    Fact("attack-link-loops") {
        let scratch = try Scratch()
        try scratch.image.makeSymbolicLink("self", to: "self")
        try scratch.image.makeSymbolicLink("a", to: "b")
        try scratch.image.makeSymbolicLink("b", to: "a/x")
        for number in 0..<50 { try scratch.image.makeSymbolicLink("c\(number)", to: "c\(number + 1)") }
        for path in ["/self", "/self/x", "/a", "/b/y", "/c0", "/c0/x"] {
            try expectErrno(.ELOOP, "a directory at \(path)") { () throws(KernelError) in
                _ = try scratch.root.makeDirectories(.init(unproved: path))
            }
            try expectErrno(.ELOOP, "a file at \(path)") { () throws(KernelError) in
                _ = try scratch.root.makeFile(.init(unproved: path))
            }
        }
        try scratch.expectHostUntouched("loops")
    },
    Fact("attack-fifo") {
        // A2: neither making nor looking waits for a writer.
        let scratch = try Scratch()
        try scratch.image.makeNode("fifo", type: .fifo, permissions: 0o666, device: DeviceNumber(major: 0, minor: 0))
        try scratch.image.makeSymbolicLink("link", to: "fifo")
        for path in ["/fifo", "/link"] {
            try expectErrno(.ENOTDIR, "a directory at \(path)") { () throws(KernelError) in
                _ = try scratch.root.makeDirectories(.init(unproved: path))
            }
            let handle = try scratch.root.makeFile(containerPath(path))
            try expectEqual(try handle.descriptor.status().type, .fifo)
            _ = try scratch.root.open(containerPath(path), [.readOnly, .nonblocking])
        }
    },
    Fact("attack-device") {
        let scratch = try Scratch()
        try scratch.image.makeNode("dev", type: .characterDevice, permissions: 0o666, device: DeviceNumber(major: 1, minor: 3))
        try expectErrno(.ENOTDIR, "a directory below a device") { () throws(KernelError) in
            _ = try scratch.root.makeDirectories(.init(unproved: "/dev/pts"))
        }
        let handle = try scratch.root.makeFile(containerPath("/dev"))
        try expectEqual(try handle.descriptor.status().deviceNumber, DeviceNumber(major: 1, minor: 3))
    },
    Fact("attack-magic-links") {
        // B2: /proc/self/fd/N, cwd, root and exe jump anywhere without a path; none is followed.
        let root = try RootDirectory.current()
        let open = try FileDescriptor.workingDirectory.open("/etc", [.readOnly, .directory])
        for path in ["/proc/self/fd/\(open.number)", "/proc/self/cwd", "/proc/self/root", "/proc/self/exe", "/proc/self/ns/net"] {
            try expectErrno(.ELOOP, "opening \(path)") { () throws(KernelError) in
                _ = try root.open(.init(unproved: path), .readOnly)
            }
            try expectErrno(.ELOOP, "making \(path)/x") { () throws(KernelError) in
                _ = try root.makeDirectories(.init(unproved: path + "/x"))
            }
            try expectErrno(.ELOOP, "a handle on \(path)") { () throws(KernelError) in
                _ = try root.handle(.init(unproved: path))
            }
        }
    },
    Fact("attack-last-name-is-a-link") {
        let scratch = try Scratch()
        try scratch.makeFile("file", "content")
        try scratch.image.makeSymbolicLink("link", to: "file")
        try expectErrno(.ELOOP, "opening a link that is not to be followed") { () throws(KernelError) in
            _ = try scratch.root.open(.init(unproved: "/link"), .readOnly, followLast: false)
        }
        let handle = try scratch.root.open(containerPath("/link"), .pathOnly, followLast: false)
        try expectEqual(try handle.descriptor.status().type, .symbolicLink)
        try expectEqual(try handle.descriptor.readLink(""), "file")
    },
    Fact("attack-race") { try racingExchange() },
]

/// A3: somebody exchanges a directory with a link that leads out, over and over, while names are made below.
private func racingExchange() throws {
    let scratch = try Scratch()
    try scratch.image.makeDirectory("swap", permissions: 0o755)
    try scratch.image.makeSymbolicLink("trap", to: "..")
    try scratch.image.makeDirectory("swap/sub", permissions: 0o755)
    let image = scratch.image.number
    let attacker = try Child {
        let exchange = 2
        while true {
            _ = "swap".withCString { one in
                "trap".withCString { other in
                    hull_syscall(
                        Int(__NR_renameat2), Int(image), Int(bitPattern: one), Int(image), Int(bitPattern: other), exchange, 0)
                }
            }
        }
    }
    let end = monotonicMicroseconds() + 1_500_000
    var tries = 0
    while tries < 200_000, monotonicMicroseconds() < end {
        let number = tries % 50
        attempt { () throws(KernelError) in _ = try scratch.root.makeDirectories(.init(unproved: "/swap/d\(number)")) }
        attempt { () throws(KernelError) in _ = try scratch.root.makeFile(.init(unproved: "/swap/sub/f\(number)")) }
        attempt { () throws(KernelError) in
            let parent = try scratch.root.parent(of: .init(unproved: "/swap/p\(number)/x"))
            _ = try parent.directory.descriptor.open(parent.name, [.writeOnly, .create, .noFollow])
        }
        if number == 0 { try scratch.expectHostUntouched("try \(tries)") }
        tries += 1
    }
    try attacker.kill()
    try scratch.expectHostUntouched("\(tries) tries")
    try expect(tries > 100, "only \(tries) tries")
}

/// An attack may be refused or end inside; which of them does not matter here.
private func attempt(_ body: () throws(KernelError) -> Void) {
    do throws(KernelError) { try body() } catch {}
}
