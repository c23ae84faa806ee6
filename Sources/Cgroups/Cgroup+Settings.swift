internal import LinuxKernel
internal import LinuxTypes

extension Cgroup {
    /// Writes in order; several to one file go through one open.
    func apply(_ writes: [Plan.Write], to handle: FileDescriptor, directory: String) throws(CgroupError) {
        var index = writes.startIndex
        while index < writes.endIndex {
            let file = writes[index].file
            let end = writes[index...].firstIndex { $0.file != file } ?? writes.endIndex
            try apply(writes[index..<end], of: file, to: handle, directory: directory)
            index = end
        }
    }

    private func apply(
        _ writes: ArraySlice<Plan.Write>, of file: String, to handle: FileDescriptor, directory: String
    ) throws(CgroupError) {
        let open: OwnedDescriptor
        do throws(KernelError) {
            open = try handle.open(file, .writeOnly)
        } catch let error where error.errno == .ENOENT {
            for write in writes { try applyMissing(write, to: handle, directory: directory, cause: error) }
            return
        } catch {
            throw Self.failure(writes[writes.startIndex], file, directory, error)
        }
        for write in writes {
            do throws(KernelError) {
                try open.descriptor.writeOnce(write.value, subject: file)
            } catch {
                throw Self.failure(write, file, directory, error)
            }
        }
    }

    private func applyMissing(
        _ write: Plan.Write, to handle: FileDescriptor, directory: String, cause: KernelError
    ) throws(CgroupError) {
        switch write.ifMissing {
        case .ignore: return
        case .fail: throw Self.failure(write, write.file, directory, cause)
        case .write(let file, let value):
            do throws(KernelError) {
                try handle.writeSetting(file, value)
            } catch {
                throw Self.failure(.init(file, value, pointer: write.pointer), file, directory, error)
            }
        }
    }

    private static func failure(
        _ write: Plan.Write, _ file: String, _ directory: String, _ cause: KernelError
    ) -> CgroupError {
        .setting(file: directory + "/" + file, value: write.value, pointer: write.pointer, cause: cause)
    }

    /// v2: makes the cgroups above give the controllers down, where they do not yet. Looks from the innermost outward, for it is usually done;
    /// no process is ever moved to make it possible.
    func enableControllers(_ group: Plan.Group) throws(CgroupError) {
        let needed = group.required + group.wanted
        if needed.isEmpty { return }
        var lacking: [(file: String, missing: [Controller])] = []
        var path = group.path
        repeat {
            path = path.parent
            let file = group.hierarchy.directory(of: path) + "/cgroup.subtree_control"
            let enabled = try naming("look at '\(file)'") { () throws(KernelError) in
                try FileDescriptor.workingDirectory.readSetting(file)
            }.split(separator: " ")
            let missing = needed.filter { name in !enabled.contains { $0 == name.rawValue } }
            if missing.isEmpty { break }
            lacking.append((file, missing))
        } while !path.isRoot
        for (file, missing) in lacking.reversed() {
            try Self.enable(missing, required: group.required.filter(missing.contains), in: file)
        }
    }

    private static func enable(_ all: [Controller], required: [Controller], in file: String) throws(CgroupError) {
        do throws(KernelError) {
            try FileDescriptor.workingDirectory.writeSetting(file, words(all))
        } catch {
            // Figures alone are no reason to fail.
            if required.isEmpty { return }
            do throws(KernelError) {
                try FileDescriptor.workingDirectory.writeSetting(file, words(required))
            } catch {
                throw .setting(file: file, value: words(required), pointer: "", cause: error)
            }
        }
    }

    private static func words(_ controllers: [Controller]) -> String {
        controllers.map { "+" + $0.rawValue }.joined(by: " ")
    }

    /// v1: a new cpuset has no processors and no memory nodes and lets nobody in, so each takes over its parent's where nothing is asked for,
    /// those that we made on the way too. A given parent that nobody has filled is filled as well: nothing could run below it otherwise.
    func inheritCPUSet(_ group: Plan.Group, made: Int) throws(CgroupError) {
        for file in ["cpuset.cpus", "cpuset.mems"] {
            let isGiven = group.writes.contains { $0.file == file }
            let depth = group.path.names.count
            _ = try naming("take over '\(file)' for '\(group.directory)'") { () throws(KernelError) in
                try Self.fill(file, group, depth: isGiven ? depth - 1 : depth, firstNew: depth - made + 1)
            }
        }
    }

    /// The value at a depth, which is written there where it is empty.
    private static func fill(_ file: String, _ group: Plan.Group, depth: Int, firstNew: Int) throws(KernelError) -> String {
        let path = group.hierarchy.directory(of: group.path.prefix(depth)) + "/" + file
        if depth < firstNew {
            let value = try FileDescriptor.workingDirectory.readSetting(path)
            if !value.isEmpty || depth == 0 { return value }
        }
        let inherited = try fill(file, group, depth: depth - 1, firstNew: firstNew)
        try FileDescriptor.workingDirectory.writeSetting(path, inherited)
        return inherited
    }

    /// v2: attaches the rules for devices. One program of an earlier container in a cgroup that we took over is replaced, not joined.
    func attach(_ program: DeviceProgram, to handle: FileDescriptor, directory: String) throws(CgroupError) {
        let doing = "\(PlanBuilder.pointer("devices")): attach the rules for devices to '\(directory)'"
        try naming(doing) { () throws(KernelError) in
            let loaded = try loadCgroupDeviceProgram(program.instructions)
            // BPF wants an open directory, not a path handle.
            let opened = try handle.open(".", [.readOnly, .directory])
            let present = try opened.descriptor.cgroupDeviceProgramIDs()
            if present.count == 1 {
                let old = try openBPFProgram(id: present[0])
                try opened.descriptor.attachCgroupDeviceProgram(loaded.descriptor, replacing: old.descriptor)
            } else {
                try opened.descriptor.attachCgroupDeviceProgram(loaded.descriptor)
            }
        }
    }
}
