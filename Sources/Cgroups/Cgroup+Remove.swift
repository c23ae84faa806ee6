internal import LinuxKernel
internal import LinuxTypes

extension Cgroup {
    /// Removes what was made, with the cgroups that the container made below, and nothing else. Busy ones are tried again; throws `left` where
    /// `milliseconds` went by first. Kills nothing. What is gone already is fine.
    public mutating func remove(milliseconds: Int) throws(CgroupError) {
        let deadline = Deadline(milliseconds: milliseconds)
        var interval = 1
        while true {
            let left = removeOnce()
            if left.isEmpty { return }
            if deadline.hasPassed {
                throw .left(directories: left.map(\.directory.fullPath), processes: try processes())
            }
            pause(milliseconds: interval)
            interval = min(interval * 2, 32)
        }
    }

    /// One attempt at each directory; those that are still there. A removed one is no member any more.
    mutating func removeOnce() -> [Member] {
        let isReopened = plan == nil
        members = members.filter { !Self.remove($0, isReopened: isReopened) }
        return members
    }

    /// Whether nothing of a member that we made is left. One that we did not make is none of our business.
    private static func remove(_ member: Member, isReopened: Bool) -> Bool {
        if member.directory.made == 0 { return true }
        // Reopened and without a handle: not there, not the same one, or no cgroup at all. Made just now and without one: opening failed.
        let isThere = member.handle != nil || member.isUnproved || !isReopened
        if isThere, !removeLeaf(member) { return false }
        removeParents(of: member.directory)
        return true
    }

    private static func removeLeaf(_ member: Member) -> Bool {
        let path = member.directory.fullPath
        do throws(KernelError) {
            try FileDescriptor.workingDirectory.removeDirectory(path)
            return true
        } catch let error where error.isGone {
            return true
        } catch {
            guard let handle = member.handle else { return false }
            do throws(KernelError) {
                guard try removeBelow(handle) else { return false }
                try FileDescriptor.workingDirectory.removeDirectory(path)
                return true
            } catch {
                return error.isGone
            }
        }
    }

    /// Removes all cgroups below one, innermost first; false where one is in use. However deep they are nested, one descriptor is open at a time.
    private static func removeBelow(_ top: FileDescriptor) throws(KernelError) -> Bool {
        let device = try top.status().device
        var current = try top.open(".", [.pathOnly, .directory])
        var depth = 0
        while true {
            var next: String?
            for name in try current.descriptor.cgroupsBelow() {
                do throws(KernelError) {
                    try current.descriptor.removeDirectory(name)
                } catch let error where error.errno == .EBUSY || error.errno == .ENOTEMPTY {
                    next = name
                    break
                } catch let error where error.isGone {
                    continue
                }
            }
            if let name = next {
                let child = try current.descriptor.open(name, [.pathOnly, .directory, .noFollow])
                let status = try child.descriptor.status()
                // No cgroup below and still busy: a process is in it. Another device: something is mounted there.
                if status.links <= 2 || status.device != device { return false }
                current = child
                depth += 1
            } else {
                if depth == 0 { return true }
                current = try current.descriptor.open("..", [.pathOnly, .directory])
                depth -= 1
            }
        }
    }

    /// Parents that we made go with the last cgroup in them; others' cgroups in there keep them.
    private static func removeParents(of directory: Location.Directory) {
        var path = directory.path[...]
        for _ in 1..<max(directory.made, 1) {
            guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
            path = path[..<slash]
            let parent = directory.mountPoint + String(path)
            do throws(KernelError) {
                let type = try FileDescriptor.fileSystemType(ofPath: parent)
                guard type == (directory.version == 2 ? .cgroup2 : .cgroup1) else { return }
                try FileDescriptor.workingDirectory.removeDirectory(parent)
            } catch let error where error.isGone {
                continue
            } catch {
                return
            }
        }
    }
}
