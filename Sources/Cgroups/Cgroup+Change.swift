internal import LinuxKernel
internal import LinuxTypes

extension Cgroup {
    /// One setting that was changed, to take it back.
    private struct Change {
        let handle: FileDescriptor
        let directory: String
        let file: String
        let before: String
    }

    /// Changes limits of cpu and memory of a cgroup that lives to what a plan for it says: all of them, or after an error none.
    ///
    /// Which of two limits that bind each other comes first depends on whether they grow: what the kernel refuses is tried again after the others.
    /// Throws `refused` where a limit of memory is below what is in use and cannot be reclaimed: on v2 the kernel would kill.
    public func change(to plan: Plan) throws(CgroupError) {
        try refuseTooLittleMemory(plan)
        var pending: [(handle: FileDescriptor, directory: String, write: Plan.Write)] = []
        for group in plan.groups {
            guard let handle = members.first(where: { $0.directory.fullPath == group.directory })?.handle else { continue }
            for write in group.writes where Self.isLimit(write.file) { pending.append((handle, group.directory, write)) }
        }
        var done: [Change] = []
        while !pending.isEmpty {
            var refused: [(handle: FileDescriptor, directory: String, write: Plan.Write)] = []
            var failure: CgroupError?
            for step in pending {
                do throws(CgroupError) {
                    if let change = try Self.change(step.write, step.handle, step.directory) { done.append(change) }
                } catch {
                    failure = failure ?? error
                    refused.append(step)
                }
            }
            if let failure, refused.count == pending.count {
                Self.takeBack(done)
                throw failure
            }
            pending = refused
        }
    }

    /// Whether a file is one that is changed while a container runs.
    private static func isLimit(_ file: String) -> Bool {
        (file.hasPrefix("cpu.") || file.hasPrefix("memory.")) && file != "memory.oom.group"
    }

    /// nil where there is no such file, and that does not matter.
    private static func change(
        _ write: Plan.Write, _ handle: FileDescriptor, _ directory: String
    ) throws(CgroupError) -> Change? {
        do throws(KernelError) {
            let before: String
            do throws(KernelError) { before = try handle.readSetting(write.file) } catch let error where error.errno == .ENOENT {
                if case .ignore = write.ifMissing { return nil }
                throw error
            }
            try handle.writeSetting(write.file, write.value)
            return Change(handle: handle, directory: directory, file: write.file, before: before)
        } catch {
            throw .setting(file: directory + "/" + write.file, value: write.value, pointer: "", cause: error)
        }
    }

    /// Order: backwards, so that each finds what was there when it was written.
    private static func takeBack(_ changes: [Change]) {
        for change in changes.reversed() {
            do throws(KernelError) { try change.handle.writeSetting(change.file, change.before) } catch {
                // What was there before was valid; where the kernel takes it no more, the first error is the one to tell.
                continue
            }
        }
    }

    /// v1 refuses such a limit itself, after it has tried to reclaim.
    private func refuseTooLittleMemory(_ plan: Plan) throws(CgroupError) {
        guard let write = plan.unified?.writes.first(where: { $0.file == "memory.max" }), let limit = UInt64(write.value),
            let handle = unified?.handle, let path = unified?.directory.fullPath
        else { return }
        let used = try naming("look at the memory of cgroup '\(path)'") { () throws(KernelError) -> UInt64 in
            func used() throws(KernelError) -> UInt64 { UInt64(try handle.readSettingIfPresent("memory.current") ?? "") ?? 0 }
            let before = try used()
            if before <= limit { return before }
            do throws(KernelError) {
                _ = try handle.writeSettingIfPresent("memory.reclaim", "\(before - limit)")
            } catch let error where error.errno == .EAGAIN {
                // As much as could be.
            }
            return try used()
        }
        guard used > limit else { return }
        throw .refused(pointer: "memory", reason: "\(used) bytes are in use, which a limit of \(limit) would not leave")
    }
}
