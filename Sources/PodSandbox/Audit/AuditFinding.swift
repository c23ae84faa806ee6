internal import LinuxTypes
internal import PodRecords

/// A difference between what is recorded of pods and what there is of them.
public struct AuditFinding: Hashable, Sendable {
    /// One line.
    public let text: String
    let remedy: Remedy

    /// Whether `fix` can do something about it.
    public var isMendable: Bool { remedy != .none }

    init(_ text: String, _ remedy: Remedy) {
        self.text = text
        self.remedy = remedy
    }

    /// What takes it away.
    enum Remedy: Hashable, Sendable {
        case none
        /// A keeper takes the pod over, and finishes what the one before was at.
        case keeper(PodUID)
        /// Nothing of the pod stays.
        case remove(PodUID)
        /// Nothing of the pod stays in the kernel.
        case dismantle(PodUID)
        /// Nothing of an attempt to run a container stays.
        case collect(PodUID, container: String, attempt: UInt32)
        case unmount(HostPath)
        /// A key goes, as long as it has this value.
        case delete(key: [UInt8], value: [UInt8])
        case thaw(PodUID)
        /// The cgroup of a keeper that is no more.
        case keeperCgroup(PodUID)
        case secrets
        case network
    }
}
