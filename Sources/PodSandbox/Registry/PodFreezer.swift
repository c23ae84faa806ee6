internal import Cgroups
internal import Journal
internal import LinuxKernel
public import PodRecords

/// Stops all processes of a pod where they are, and lets them go on: by the freezer of the pod's cgroup. The keeper is in another and goes on.
///
/// That a pod is frozen is recorded beside its records, before it is, and until it is not any more: whoever lists pods asks no cgroup.
public struct PodFreezer {
    private let places: PodPlaces

    /// Milliseconds in which processes are to stop: one that waits for a disk stops when that answers.
    private static let patience = 10_000

    public init(_ places: PodPlaces) { self.places = places }

    /// Throws `wrongState` for a pod that does not run. One that is frozen already stays so.
    public func freeze(_ pod: PodState) throws(PodError) {
        let sandbox = pod.sandbox
        guard pod.hasSandbox, sandbox.phase == .ready, sandbox.goal == .running else {
            throw PodError(.wrongState, "pod '\(sandbox.name)' does not run", hint: "'hull ps -a' says what it does")
        }
        let record = FrozenRecord(
            bootID: try during("cannot read the boot id") { () throws(KernelError) in try bootID() }, since: wallNanoseconds())
        // Order: recorded first. What is recorded and not frozen is thawed without harm.
        try write(.put(PodKeys.frozen(sandbox.uid), value: record.json), of: sandbox.uid)
        do throws(PodError) {
            try grouping { () throws(CgroupError) in try cgroup(of: sandbox.uid).freeze(milliseconds: Self.patience) }
        } catch {
            try write(.delete(.key(PodKeys.frozen(sandbox.uid))), of: sandbox.uid)
            throw error
        }
    }

    /// One that is not frozen stays as it is.
    public func thaw(_ uid: PodUID) throws(PodError) {
        try grouping { () throws(CgroupError) in
            let group = try cgroup(of: uid)
            if !group.isGone { try group.thaw(milliseconds: Self.patience) }
        }
        try write(.delete(.key(PodKeys.frozen(uid))), of: uid)
    }

    /// For who wants the pod to end: what is frozen hears no signal, and on cgroup v1 does not even die.
    func thawIfFrozen(_ uid: PodUID) throws(PodError) {
        guard let journal = try places.openJournal(isWritable: false) else { return }
        let isFrozen = try journaling("cannot look whether the pod is frozen") { () throws(JournalError) in
            try journal.value(of: PodKeys.frozen(uid)) != nil
        }
        if isFrozen { try thaw(uid) }
    }

    private func cgroup(of uid: PodUID) throws(CgroupError) -> Cgroup {
        try PodCgroups.cgroup(at: PodPlaces.cgroup(of: uid))
    }

    private func write(_ operation: Operation, of uid: PodUID) throws(PodError) {
        guard let journal = try places.openJournal(isWritable: true) else { return }
        try journaling("cannot record whether the pod is frozen") { () throws(JournalError) in
            _ = try journal.commit(Transaction(then: [operation]), .volatile)
        }
    }
}
