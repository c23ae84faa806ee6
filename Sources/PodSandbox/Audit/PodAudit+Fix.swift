internal import Cgroups
internal import ImageLayers
internal import Journal
internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords

extension PodAudit {
    func apply(_ remedy: AuditFinding.Remedy) throws(PodError) {
        switch remedy {
        case .none: return
        case .keeper(let uid): _ = try KeeperConnection.open(places, uid)
        case .remove(let uid): try work(on: uid) { worker throws(PodError) in try worker.remove() }
        case .dismantle(let uid): try work(on: uid) { worker throws(PodError) in try worker.dismantle() }
        case .collect(let uid, let container, let attempt):
            try collect(uid, container, attempt)
        case .unmount(let path):
            try during("cannot unmount '\(path)'") { () throws(KernelError) in try unmountDetached(path.string) }
        case .delete(let key, let value): try delete(Key(key), value)
        case .thaw(let uid): try PodFreezer(places).thaw(uid)
        case .keeperCgroup(let uid): try removeCgroup(at: PodPlaces.keeperCgroup(of: uid))
        case .secrets: try ConfigStore(places, isWritable: true).changing { () throws(PodError) in }
        case .network: _ = try PodNetworks(places, configuration).fix()
        }
    }

    private func worker(_ uid: PodUID) throws(PodError) -> PodWorker {
        let nobody = try during("cannot open /dev/null") { () throws(KernelError) in
            try FileDescriptor.workingDirectory.open("/dev/null", .readWrite)
        }
        return try PodWorker(places, uid, socket: nobody)
    }

    /// While no keeper can have the pod. Afterwards its run directory is gone.
    private func work(on uid: PodUID, _ body: (PodWorker) throws(PodError) -> Void) throws(PodError) {
        let directory = places.runDirectory(uid)
        let act = "cannot clear up after pod \(uid)"
        let lock = try during(act) { () throws(KernelError) in
            try makeDirectories(directory.string, permissions: 0o700)
            let lock = try FileDescriptor.workingDirectory.open(
                directory.appending(PodPlaces.lock).string, [.readWrite, .create, .noFollow], permissions: 0o600)
            guard try lock.descriptor.tryLock() else {
                throw KernelError(call: "flock", errno: .EBUSY, subject: "a keeper has it by now")
            }
            return lock
        }
        try body(worker(uid))
        guard let name = FileName(uid.string) else { return }
        let pods = try during(act) { () throws(KernelError) in
            try FileDescriptor.workingDirectory.open(
                places.runRoot.appending("pods").string, [.readOnly, .directory, .noFollow])
        }
        do throws(LayerError) { try LayerRemoval.remove(name, in: pods.descriptor) } catch {
            throw PodError(.failed, "cannot remove '\(directory)': \(error)")
        }
        // Order: held to here.
        _ = consume lock
    }

    private func delete(_ key: Key, _ value: [UInt8]) throws(PodError) {
        guard let journal = try places.openJournal(isWritable: true) else { return }
        try journaling("cannot remove the record '\(String(decoding: key.bytes, as: UTF8.self))'") { () throws(JournalError) in
            _ = try journal.commit(Transaction(if: [Comparison(.key(key), .value(value))], then: [.delete(.key(key))]), .durable)
        }
    }

    private func collect(_ uid: PodUID, _ container: String, _ attempt: UInt32) throws(PodError) {
        let worker = try self.worker(uid)
        do throws(PodError) { _ = try worker.collect(container, attempt) } catch {
            try worker.leave()
            throw error
        }
        try worker.leave()
        // One that the engine has no record of.
        try removeCgroup(at: PodPlaces.cgroup(of: uid) + "/" + PodPlan.containerID(uid, container, attempt))
    }

    /// With whoever is in it: it is an attempt's that is over, or a keeper's whose pod is stopped or gone, and no keeper has the lock.
    private func removeCgroup(at path: String) throws(PodError) {
        try grouping { () throws(CgroupError) in
            var group = try PodCgroups.cgroup(at: path)
            if !group.isGone { try group.kill(milliseconds: 10_000) }
            try group.remove(milliseconds: 5000)
        }
    }
}
