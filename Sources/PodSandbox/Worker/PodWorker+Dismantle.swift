internal import Cgroups
internal import ContainerRuntime
internal import ImageLayers
internal import ImageStore
internal import Journal
internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords

/// Taking things apart: each step finds its objects by the pod's uid, is done where it was done before, and leaves what it cannot do for the next time.
extension PodWorker {
    /// Ends what is left of the containers, and takes the sandbox away. Volumes, logs and records stay.
    func dismantle() throws(PodError) {
        try leave()
        for id in try containerIDs() {
            do throws(RuntimeError) { try runtime.delete(id, force: true) } catch { throw PodError(error) }
        }
        try removeCgroup()
        try removeSecretEnvironments()
        try disconnect()
        try unpinMounts()
        for id in try rootsOfPod() { try discardRoot(id) }
        // Order: last. While it is there, something may be left.
        try during("cannot remove the pod's run directory") { () throws(KernelError) in
            try FileDescriptor.workingDirectory.removeDirectoryIfPresent(places.sandbox(uid).string)
        }
    }

    /// Whether another try to make the sandbox may have left something: in this boot a directory, and of any boot the roots of recorded containers.
    func mayHaveLeftovers() throws(PodError) -> Bool {
        do throws(KernelError) {
            _ = try FileDescriptor.workingDirectory.status(of: places.sandbox(uid).string)
            return true
        } catch {
            if error.errno != .ENOENT { throw PodError(error, "cannot look for what another try has left") }
        }
        let recorded = try journaling("cannot look for containers") { () throws(JournalError) in
            try journal().range(RangeRequest(.prefix(PodKeys.containers(of: uid)), keysOnly: true))
        }
        return !recorded.keyValues.isEmpty
    }

    /// Containers of the pod that the engine knows.
    private func containerIDs() throws(PodError) -> [String] {
        let prefix = Key("/containers/\(uid).")
        let found = try journaling("cannot list the pod's containers") { () throws(JournalError) in
            try journal().range(RangeRequest(.prefix(prefix), keysOnly: true))
        }
        return found.keyValues.map { String(decoding: $0.key.bytes.dropFirst("/containers/".utf8.count), as: UTF8.self) }
    }

    private func removeCgroup() throws(PodError) {
        let plan = try cgroupPlan()
        try grouping { () throws(CgroupError) in
            var group = try Cgroup(reopening: try plan.present())
            if !group.isGone { try group.kill(milliseconds: 10_000) }
            try group.remove(milliseconds: 5000)
        }
    }

    /// With its pin the namespace goes, and all that is mounted in it.
    private func unpinMounts() throws(PodError) {
        let pin = places.mountNamespace(uid).string
        try during("cannot take the pod's mount namespace away") { () throws(KernelError) in
            while true {
                do throws(KernelError) { try unmountDetached(pin) } catch {
                    // EINVAL: nothing is mounted there.
                    guard [.ENOENT, .EINVAL].contains(error.errno) else { throw error }
                    break
                }
            }
            try FileDescriptor.workingDirectory.unlinkIfPresent(pin)
        }
    }

    /// Writable layers of attempts that were not collected.
    private func rootsOfPod() throws(PodError) -> [String] {
        let store = try images()
        return try imaging("cannot list the pod's roots") { () throws(ImageError) in try store.rootNames(prefix: "\(uid).") }
    }

    /// All that was recorded so far is on the disk when this is done: a durable record makes those before it durable.
    func sync() throws(PodError) {
        let key = PodKeys.sandbox(uid)
        try journaling("cannot make the pod's records durable") { () throws(JournalError) in
            for _ in 0..<16 {
                guard let current = try journal().value(of: key) else { return }
                let again = Transaction(
                    if: [.isUnchanged(key, since: current.modRevision)], then: [.put(key, value: current.value)])
                if try journal().commit(again, .durable).succeeded { return }
            }
        }
    }

    /// Removes all of the pod, its records last: until then whoever comes finds what is left.
    func remove() throws(PodError) {
        try dismantle()
        try releaseVolumes()
        try removeFiles()
        try removeRecords()
    }

    /// Volumes and logs.
    private func removeFiles() throws(PodError) {
        let parent = places.root.appending("pods").string
        guard let name = FileName(uid.string) else { return }
        let pods: OwnedDescriptor
        do throws(KernelError) {
            pods = try FileDescriptor.workingDirectory.open(parent, [.readOnly, .directory, .noFollow])
        } catch {
            if error.errno == .ENOENT { return }
            throw PodError(error, "cannot open '\(parent)'")
        }
        do throws(LayerError) { try LayerRemoval.remove(name, in: pods.descriptor) } catch {
            throw PodError(.failed, "cannot remove the pod's files: \(error)")
        }
    }

    private func removeRecords() throws(PodError) {
        try journaling("cannot remove the pod's records") { () throws(JournalError) in
            var operations: [Operation] = [
                .delete(.key(PodKeys.sandbox(uid))), .delete(.prefix(PodKeys.containers(of: uid))),
                .delete(.key(PodKeys.plan(uid))),
                .delete(.key(PodKeys.manifest(uid))), .delete(.key(PodKeys.resourceChanges(uid))),
                .delete(.key(PodKeys.frozen(uid))),
                // The engine's, of containers of an older boot, of which it finds nothing to delete.
                .delete(.prefix(Key("/containers/\(uid)."))),
            ]
            operations += try userRange()
            // Named volumes are free again.
            let suffix = Array("/\(uid)".utf8)
            for user in try journal().range(RangeRequest(.prefix("/volume-users/"), keysOnly: true)).keyValues
            where user.key.bytes.suffix(suffix.count).elementsEqual(suffix) {
                operations.append(.delete(.key(user.key)))
            }
            var comparisons: [Comparison] = []
            if let bytes = try journal().value(of: PodKeys.sandbox(uid))?.value, let name = Self.nameKey(of: bytes) {
                // A name may point to another pod by now.
                if try journal().value(of: name)?.value == Array(uid.string.utf8) {
                    comparisons.append(Comparison(.key(name), .value(Array(uid.string.utf8))))
                    operations.append(.delete(.key(name)))
                }
            }
            _ = try journal().commit(Transaction(if: comparisons, then: operations), .durable)
        }
    }

    /// The pod's users are free again.
    private func userRange() throws(JournalError) -> [Operation] {
        try journal().range(RangeRequest(.prefix(PodKeys.userRanges))).keyValues
            .filter { $0.value.elementsEqual(uid.string.utf8) }.map { .delete(.key($0.key)) }
    }

    private static func nameKey(of record: [UInt8]) -> Key? {
        do {
            let sandbox = try SandboxRecord(json: record)
            return PodKeys.name(sandbox.name, in: sandbox.namespace)
        } catch {
            // A record that cannot be read has no name to free.
            return nil
        }
    }
}
