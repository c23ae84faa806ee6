public import LinuxKernel
public import PodRecords

/// What a diagnosis asks beside the records. None of it waits for anybody.
public struct Witnesses {
    /// The last lines of an attempt's log.
    public var lastLines: (_ container: String, _ attempt: UInt32) -> [String]
    /// One letter, as `/proc/PID/stat` has it; nil for a process that is gone, whoever has its pid now.
    public var processState: (ProcessIdentity) -> Character?
    /// Whether the container's cgroup is frozen.
    public var isFrozen: (ContainerStatus) -> Bool

    public init(
        lastLines: @escaping (String, UInt32) -> [String], processState: @escaping (ProcessIdentity) -> Character?,
        isFrozen: @escaping (ContainerStatus) -> Bool
    ) {
        self.lastLines = lastLines
        self.processState = processState
        self.isFrozen = isFrozen
    }
}
