import LinuxKernel
import LinuxTypes

let mountFacts = [
    Fact("mount-attributes") {
        try mountScratchOnMnt()
        let mnt = try FileDescriptor.workingDirectory.open("/mnt", [.readOnly, .directory])
        let wanted: MountAttributes = [.readOnly, .noSetuid, .noDevices, .noExecute]
        let context = try FileSystemContext("tmpfs")
        try context.set("source", to: "inner")
        try context.set("size", to: "64k")
        let mount = try context.mount(attributes: wanted)
        try mnt.descriptor.makeDirectory("inner", permissions: 0o755)
        let place = try mnt.descriptor.open("inner", [.pathOnly, .directory])
        try mount.attach(to: place.descriptor, subject: "/mnt/inner")
        let found = try mount.descriptor.mountAttributes()
        try expect(found.isSuperset(of: wanted), "the mount has \(found)")
        try expectErrno(.EROFS, "writing to it") { () throws(KernelError) in
            try mount.descriptor.makeDirectory("x", permissions: 0o755)
        }
        try mount.descriptor.setMountAttributes(set: [], clear: .readOnly, subject: "/mnt/inner")
        try mount.descriptor.makeDirectory("x", permissions: 0o755)
        let table = try MountTable(readFile("/proc/self/mountinfo", limit: 1 << 24))
        try expectEqual(table.mountPoint(ofID: try mount.descriptor.mountID()), "/mnt/inner")
    },
    Fact("mount-copy-is-its-own") {
        // A copy turns read-only without the original: this is how read-only paths are made.
        try mountScratchOnMnt()
        let mnt = try FileDescriptor.workingDirectory.open("/mnt", [.readOnly, .directory])
        let copy = try DetachedMount.cloning(mnt.descriptor, subject: "/mnt")
        try copy.setAttributes(set: .readOnly, subject: "/mnt")
        try mnt.descriptor.makeDirectory("x", permissions: 0o755)
        try expectErrno(.EROFS, "writing through the copy") { () throws(KernelError) in
            try copy.descriptor.makeDirectory("y", permissions: 0o755)
        }
    },
    Fact("mount-errors-have-the-kernel's-words") {
        let context = try FileSystemContext("tmpfs")
        do throws(KernelError) {
            try context.set("size", to: "much")
            throw KernelError(call: "", errno: .EINVAL, subject: "no error")
        } catch {
            try expectEqual([error.call, error.errno.name], ["fsconfig", "EINVAL"])
            try expect(error.subject.hasPrefix("tmpfs size=much"), error.subject)
            try expect(error.subject.contains("Bad value for 'size'") && !error.subject.contains("\n"), error.subject)
        }
        do throws(KernelError) {
            try context.set("nonsense")
            throw KernelError(call: "", errno: .EINVAL, subject: "no error")
        } catch {
            try expect(error.subject.contains("nonsense"), error.subject)
            try expectEqual(error.call, "fsconfig")
        }
        try expectErrno(.ENODEV, "a file system that no kernel has") { () throws(KernelError) in
            _ = try FileSystemContext("hullfs")
        }
        try expectErrno(.ENOENT, "a copy of what is not there") { () throws(KernelError) in
            _ = try DetachedMount.cloning(.workingDirectory, "/hull-facts-nowhere")
        }
    },
    Fact("mount-of-a-file-on-a-directory") {
        try mountScratchOnMnt()
        let mnt = try FileDescriptor.workingDirectory.open("/mnt", [.readOnly, .directory])
        _ = try mnt.descriptor.open("file", [.writeOnly, .create])
        let file = try mnt.descriptor.open("file", .pathOnly)
        let copy = try DetachedMount.cloning(file.descriptor, subject: "file")
        // mount(2) says ENOTDIR here.
        try expectErrno(.EINVAL, "a file mounted on a directory") { () throws(KernelError) in
            try copy.attach(to: mnt.descriptor, subject: "/mnt")
        }
    },
    Fact("mount-table-unescapes") {
        let table = MountTable(Array("21 1 0:5 / /a\\040b\\134c rw - tmpfs x rw\n22 1 0:6 / / rw - y z rw\n3 short\n".utf8))
        try expectEqual(table.mountPoint(ofID: 21), "/a b\\c")
        try expectEqual(table.mountPoint(ofID: 22), "/")
        try expectEqual(table.mountPoint(ofID: 2), nil)
        try expectEqual(table.mountPoint(ofID: 3), nil)
    },
    Fact("mount-proc-is-proved") {
        // A tmpfs laid over /proc must not catch what is meant for the kernel.
        try enterOwnMountNamespace()
        let place = try FileDescriptor.workingDirectory.open("/proc", [.pathOnly, .directory])
        let proc = try ProcFS()
        for path in [
            "self/comm", "../etc/passwd", "/etc/passwd", "\(try proc.selfPID())/root/etc/passwd", "\(try proc.selfPID())/exe",
        ] {
            let errno = try errnoOf("opening \(path)") { () throws(KernelError) in _ = try proc.open(path, .readOnly) }
            try expect([.ELOOP, .EXDEV].contains(errno), "\(path): \(errno.name)")
        }
        let context = try FileSystemContext("tmpfs")
        try context.set("source", to: "cover")
        try context.mount(attributes: []).attach(to: place.descriptor, subject: "/proc")
        try expectErrno(.EINVAL, "a tmpfs at /proc") { () throws(KernelError) in _ = try ProcFS() }
    },
    Fact("mount-over-a-part-of-proc-catches-nothing") {
        try enterOwnMountNamespace()
        let place = try FileDescriptor.workingDirectory.open("/proc/sys/kernel", [.pathOnly, .directory])
        let context = try FileSystemContext("tmpfs")
        try context.set("source", to: "cover")
        let cover = try context.mount(attributes: [])
        _ = try cover.descriptor.open("hostname", [.writeOnly, .create])
        try cover.attach(to: place.descriptor, subject: "/proc/sys/kernel")
        try expectErrno(.EXDEV, "a sysctl below another file system") { () throws(KernelError) in
            try ProcFS().write("caught", to: "sys/kernel/hostname")
        }
    },
]
