internal import LinuxKernel
public import LinuxTypes
internal import PodRecords

/// Copies files out of a container that runs, or into it, by its root directory as its processes have it. No program runs in the container for it, and every
/// path of the container is resolved in its root by the kernel: whatever links it has, and makes meanwhile, nothing outside of it is reached.
public struct PodCopy: ~Copyable {
    private let root: RootDirectory
    /// Who is root in the container, as the machine counts.
    private let owner: UInt32
    /// As people write it before a path.
    private let name: String
    private let warn: (String) -> Void
    private let advance: (Int) -> Void

    /// `warn` is told of what is left out, `advance` of bytes that are copied. Throws `wrongState` for a container that does not run.
    public init(
        _ pod: PodState, container: String, warn: @escaping (String) -> Void, advance: @escaping (Int) -> Void = { _ in }
    ) throws(PodError) {
        guard let status = pod.status(of: container), status.state == .running, let process = status.process, !pod.isLost else {
            throw PodError(
                .wrongState, "container '\(container)' of pod '\(pod.sandbox.name)' does not run",
                hint: "only what runs has its files mounted")
        }
        let act = "cannot open the root of container '\(container)'"
        let owner = try during(act) { () throws(KernelError) in try Self.root(of: process.pid) }
        let directory = try during(act) { () throws(KernelError) in
            let directory = try FileDescriptor.workingDirectory.open("/proc/\(process.pid)/root", [.pathOnly, .directory])
            // Order: behind the opening, which may have hit another process with the number of one that has ended.
            guard try process.isAlive(currentBootID: bootID()) else {
                throw KernelError(call: "open", errno: .ESRCH, subject: "it has just ended")
            }
            return directory
        }
        let sandbox = pod.sandbox
        name = "\(PodReference.short(sandbox.name, in: sandbox.namespace)):\(container)"
        self.warn = warn
        self.advance = advance
        self.owner = owner
        root = RootDirectory(owning: directory)
    }

    /// What 0 of a process's user namespace is outside.
    private static func root(of pid: Int32) throws(KernelError) -> UInt32 {
        for line in try readText("/proc/\(pid)/uid_map", limit: 64 << 10).split(separator: "\n") {
            let numbers = line.split(separator: " ").compactMap { UInt32($0) }
            if numbers.count == 3, numbers[0] == 0 { return numbers[1] }
        }
        return 0
    }

    // MARK: Out

    /// Copies to a path of this machine.
    public borrowing func copyOut(_ path: ContainerPath, to target: HostPath) throws(PodError) {
        let isContents = path.string.hasSuffix("/.")
        let act = "cannot copy '\(name):\(path)'"
        try during(act) { () throws(KernelError) in
            let handle = try root.open(path, .pathOnly)
            let status = try handle.descriptor.status()
            let name = isContents ? nil : Self.lastName(path.normalized)
            let place = try Self.place(at: target, named: name, isDirectory: status.type == .directory)
            guard status.type == .regular || status.type == .directory else {
                throw KernelError(call: "open", errno: .EINVAL, subject: "it is neither a file nor a directory")
            }
            // Order: looked at as a handle before it is opened, since opening a device or a FIFO does things.
            let source = try TreeCopy.reopen(handle.descriptor)
            try TreeCopy(owner: nil, warn: warn, advance: advance).copy(
                source.descriptor, to: place.directory.descriptor, as: place.name)
        }
    }

    /// Where a copy goes: a directory and a name in it, or with nil into the directory itself.
    private struct Place: ~Copyable {
        let directory: OwnedDescriptor
        let name: FileName?
    }

    private static func place(at path: HostPath, named name: FileName?, isDirectory: Bool) throws(KernelError) -> Place {
        do throws(KernelError) {
            if try FileDescriptor.workingDirectory.statusFollowing(path.string).type == .directory {
                return Place(
                    directory: try FileDescriptor.workingDirectory.open(path.string, [.readOnly, .directory]), name: name)
            }
        } catch {
            if error.errno != .ENOENT { throw error }
            // A name with a slash behind it is a directory's, which a file does not become.
            if path.string.hasSuffix("/"), !isDirectory { throw error }
        }
        var text = path.string
        while text.utf8.count > 1, text.hasSuffix("/") { text.removeLast() }
        let slash = text.utf8.lastIndex(of: UInt8(ascii: "/"))
        let parent = slash.map { String(text[...$0]) } ?? "."
        let last = slash.map { String(text[text.utf8.index(after: $0)...]) } ?? text
        guard let last = FileName(last) else { throw KernelError(call: "open", errno: .EINVAL, subject: path.string) }
        return Place(directory: try FileDescriptor.workingDirectory.open(parent, [.readOnly, .directory]), name: last)
    }

    private static func lastName(_ path: String) -> FileName? {
        path.utf8.split(separator: UInt8(ascii: "/")).last.flatMap { FileName(Array($0)) }
    }

    // MARK: In

    /// Copies from a path of this machine.
    public borrowing func copyIn(_ source: HostPath, to path: ContainerPath) throws(PodError) {
        let act = "cannot copy '\(source)' to '\(name):\(path)'"
        try during(act) { () throws(KernelError) in
            guard owner != 0 else { return try write(source, path) }
            // Its volumes may be mounts that map only the pod's own ids.
            try makingFiles(as: owner) { () throws(KernelError) in try write(source, path) }
        }
    }

    private borrowing func write(_ source: HostPath, _ path: ContainerPath) throws(KernelError) {
        let status = try FileDescriptor.workingDirectory.statusFollowing(source.string)
        guard status.type == .regular || status.type == .directory else {
            throw KernelError(call: "open", errno: .EINVAL, subject: "it is neither a file nor a directory")
        }
        let flags: OpenFlags = status.type == .directory ? [.readOnly, .directory] : [.readOnly, .nonblocking]
        let file = try FileDescriptor.workingDirectory.open(source.string, flags)
        var name = source.string.hasSuffix("/.") ? nil : Self.lastName(source.string)
        if source.string == "." { name = nil }
        let copy = TreeCopy(owner: owner, warn: warn, advance: advance)
        if let handle = try root.handle(path), try handle.descriptor.status().type == .directory {
            let directory = try root.open(path, [.readOnly, .directory])
            return try copy.copy(file.descriptor, to: directory.descriptor, as: name)
        }
        if path.string.hasSuffix("/"), status.type != .directory {
            throw KernelError(call: "open", errno: .ENOENT, subject: path.string)
        }
        let parent = try root.parent(of: path)
        guard let last = FileName(parent.name) else { throw KernelError(call: "open", errno: .EINVAL, subject: path.string) }
        try copy.copy(file.descriptor, to: parent.directory.descriptor, as: last)
    }
}
