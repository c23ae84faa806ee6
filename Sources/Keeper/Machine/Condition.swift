/// What somebody may wait for.
public enum Condition: Hashable, Sendable {
    /// Every container that is no init container has executed its program.
    case started
    /// The sandbox is gone from the kernel, and that is on the disk.
    case stopped
    case removed
    /// The pod has ended by itself or was stopped.
    case ended
    /// What was asked for is in the pod's record.
    case recorded
    /// The pod's sandbox is there.
    case ready
    /// What was asked of one container is so. `attempt` is the one that it was asked of.
    case created(container: String, attempt: UInt32)
    case executed(container: String, attempt: UInt32)
    case halted(container: String)
    case takenAway(container: String)

    public enum Answer: Hashable, Sendable {
        case notYet
        case met
        case failed(String)
    }
}
