import CLinux
import Glibc
import LinuxKernel
import LinuxTypes

/// A tmpfs that is attached nowhere, with `host/secret` and the container's root `host/root` in it. It goes with its last descriptor.
struct Scratch: ~Copyable {
    let mount: DetachedMount
    let host: OwnedDescriptor
    let root: RootDirectory

    init() throws(KernelError) {
        let context = try FileSystemContext("tmpfs")
        try context.set("source", to: "kernel-facts")
        let mount = try context.mount(attributes: [])
        try mount.descriptor.makeDirectory("host", permissions: 0o755)
        let host = try mount.descriptor.open("host", [.readOnly, .directory])
        let secret = try host.descriptor.open("secret", [.writeOnly, .create], permissions: 0o600)
        try secret.descriptor.writeAll("untouched".utf8)
        try host.descriptor.makeDirectory("root", permissions: 0o755)
        let image = try host.descriptor.open("root", [.readOnly, .directory])
        self.mount = mount
        self.host = host
        root = RootDirectory(owning: image)
    }

    /// The container's root, for making what an image would bring.
    var image: FileDescriptor { root.descriptor }

    /// Nothing outside the container's root was made, changed or removed.
    func expectHostUntouched(_ what: String, line: Int = #line) throws {
        let names = try host.descriptor.directoryEntries().sorted()
        try expect(names == ["root", "secret"], "\(what): beside the root there is now \(names)", line: line)
        let directory = try mount.descriptor.open(".", [.readOnly, .directory])
        let above = try directory.descriptor.directoryEntries()
        try expect(above == ["host"], "\(what): above the root there is now \(above)", line: line)
        let secret = try host.descriptor.open("secret", .readOnly)
        let text = try secret.descriptor.readToEnd(limit: 100)
        try expect(text == Array("untouched".utf8), "\(what): the host's file was changed", line: line)
    }

    /// The names in a directory of the container.
    func names(_ path: String = ".") throws(KernelError) -> [String] {
        let directory = try image.open(path, [.readOnly, .directory])
        return try directory.descriptor.directoryEntries().sorted()
    }

    func makeFile(_ name: String, _ text: String = "") throws(KernelError) {
        let file = try image.open(name, [.writeOnly, .create, .exclusive], permissions: 0o600)
        try file.descriptor.writeAll(text.utf8)
    }
}

func containerPath(_ text: String) throws -> ContainerPath {
    guard let path = ContainerPath(text) else { throw Broken(description: "no container path: '\(text)'") }
    return path
}

/// The error of a body that must fail.
func errnoOf(_ what: String, line: Int = #line, _ body: () throws(KernelError) -> Void) throws -> Errno {
    do throws(KernelError) {
        try body()
    } catch {
        return error.errno
    }
    throw Broken(description: "line \(line): \(what) did not fail")
}

func expectErrno(_ expected: Errno, _ what: String, line: Int = #line, _ body: () throws(KernelError) -> Void) throws {
    let found = try errnoOf(what, line: line, body)
    try expect(found == expected, "\(what): \(found.name), expected \(expected.name)", line: line)
}

/// A child that runs a body and ends with its answer as exit code, 99 after an error. It dies with us.
struct Child: ~Copyable {
    let pid: Int32
    let pidfd: OwnedDescriptor

    init(_ body: () throws -> Int32) throws {
        let side = try forkIntoNamespaces([], asSibling: false)
        guard case .parent(let child) = side else { Self.become(body) }
        let handle = try openPidfd(child)
        pid = child
        pidfd = handle
    }

    private static func become(_ body: () throws -> Int32) -> Never {
        do {
            try setParentDeathSignal(.kill)
            exitImmediately(try body())
        } catch {
            exitImmediately(99)
        }
    }

    /// Waits for its end.
    func end() throws(KernelError) -> ExitStatus? { try pidfd.descriptor.waitForExit() }

    /// Kills it and waits for its end.
    @discardableResult
    func kill() throws(KernelError) -> ExitStatus? {
        try pidfd.descriptor.send(.kill)
        return try pidfd.descriptor.waitForExit()
    }
}

/// Sleeps until it is killed.
func sleepForever() throws -> Int32 {
    while true { pause(milliseconds: 10_000) }
}

/// Asks again and again, for half a minute: what must come soon comes late on a busy machine in a slow kernel.
func eventually(_ what: String, line: Int = #line, _ holds: () throws -> Bool) throws {
    let end = monotonicMicroseconds() + 30_000_000
    repeat {
        if try holds() { return }
        pause(milliseconds: 5)
    } while monotonicMicroseconds() < end
    throw Broken(description: "line \(line): \(what): not within half a minute")
}

/// A line of `/proc/PID/status` without its name.
func statusLine(_ name: String, of pid: String = "self") throws -> String {
    let text = try readText("/proc/\(pid)/status")
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name + ":") }) else {
        throw Broken(description: "/proc/\(pid)/status has no \(name)")
    }
    return String(line.dropFirst(name.count + 1).drop { $0 == " " || $0 == "\t" })
}

/// A mount namespace of this process's own, from which nothing gets out.
func enterOwnMountNamespace() throws(KernelError) {
    try unshare([.mount])
    let root = try FileDescriptor.workingDirectory.open("/", [.pathOnly, .directory])
    try root.descriptor.setMountAttributes(set: [], propagation: .isPrivate, recursive: true, subject: "/")
}

/// A tmpfs over `/mnt` of this process's own mount namespace.
func mountScratchOnMnt() throws(KernelError) {
    try enterOwnMountNamespace()
    let context = try FileSystemContext("tmpfs")
    try context.set("source", to: "kernel-facts")
    let place = try FileDescriptor.workingDirectory.open("/mnt", [.pathOnly, .directory])
    try context.mount(attributes: []).attach(to: place.descriptor, subject: "/mnt")
}
