internal import Cgroups
internal import Journal
internal import LinuxKernel
internal import LinuxTypes
public import PodRecords
internal import StrictTree

/// What can be done for a pod where no keeper can be started, as for want of memory or of the program: what is wanted is recorded, and its processes are ended by
/// its cgroup. How they ended nobody learns; the rest is the next keeper's.
public struct KeeperlessStop {
    private let places: PodPlaces

    /// Milliseconds in which killed processes are to be gone.
    private static let patience = 10_000

    public init(_ places: PodPlaces) { self.places = places }

    /// Ends all processes of the pod, which is not frozen (whoever asked its keeper has thawed it), after the grace that is given, or else the pod's own, in seconds. `goal` is what is wanted of it from now on. Throws what is
    /// left; `wrongState` where it has a keeper, whose the pod is.
    public func stop(_ pod: PodState, _ goal: SandboxRecord.Goal, grace: UInt32?) throws(PodError) {
        let lock = try lock(pod.sandbox.uid)
        try end(pod, goal, grace)
        // Order: held to here. A keeper that comes meanwhile would start again what ends.
        _ = consume lock
    }

    private func end(_ pod: PodState, _ goal: SandboxRecord.Goal, _ grace: UInt32?) throws(PodError) {
        let uid = pod.sandbox.uid
        try record(goal, grace, of: uid)
        let seconds = grace ?? pod.plan?.gracePeriod ?? 0
        try grouping { () throws(CgroupError) in
            let group = try PodCgroups.cgroup(at: PodPlaces.cgroup(of: uid))
            guard !group.isGone else { return }
            if seconds > 0 {
                signal(pod)
                let end = monotonicMicroseconds() + Int64(seconds) * 1_000_000
                while monotonicMicroseconds() < end, try !group.processes().isEmpty { pause(milliseconds: 20) }
            }
            try group.kill(milliseconds: Self.patience)
        }
    }

    private func lock(_ uid: PodUID) throws(PodError) -> OwnedDescriptor {
        let directory = places.runDirectory(uid)
        return try during("cannot lock the pod") { () throws(KernelError) in
            let directory = try FileDescriptor.workingDirectory.open(directory.string, [.pathOnly, .directory, .noFollow])
            let lock = try directory.descriptor.open(PodPlaces.lock, [.readWrite, .create, .noFollow], permissions: 0o600)
            guard try lock.descriptor.tryLock() else {
                throw KernelError(call: "fcntl", errno: .EAGAIN, subject: "a keeper has the pod")
            }
            return lock
        }
    }

    private func record(_ goal: SandboxRecord.Goal, _ grace: UInt32?, of uid: PodUID) throws(PodError) {
        guard let journal = try places.openJournal(isWritable: true) else { return }
        let key = PodKeys.sandbox(uid)
        let current = try journaling("cannot read the pod's record") { () throws(JournalError) in try journal.value(of: key) }
        guard let current else { return }
        var sandbox: SandboxRecord
        do throws(TreeError) { sandbox = try SandboxRecord(json: current.value) } catch {
            throw PodError(error, "the pod's record")
        }
        let verb: PodRequest.Verb = goal == .removed ? .remove : .stop
        sandbox.goal = goal
        sandbox.request = PodRequest(
            verb, by: PodRequest.Asker(pid: currentPID(), uid: effectiveUID()), grace: grace, at: wallNanoseconds())
        sandbox.stopRequest = sandbox.request
        let transaction = Transaction(
            if: [.isUnchanged(key, since: current.modRevision)], then: [.put(key, value: sandbox.json)])
        // Where it cannot be written, as on a full disk, its processes end all the same.
        do throws(JournalError) { _ = try journal.commit(transaction, .volatile) } catch {}
    }

    private func signal(_ pod: PodState) {
        for status in pod.containers {
            guard let process = status.process else { continue }
            let signal = pod.plan?.container(status.name)?.stopSignal ?? .terminate
            do throws(KernelError) { try process.open(currentBootID: pod.bootID)?.descriptor.send(signal) } catch {
                // It has ended, or is killed when the time is over.
            }
        }
    }
}
