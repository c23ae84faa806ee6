/// What annotations with the prefix `hull.dev/` ask for: what people want of pods and Kubernetes has no field for.
public struct Tuning: Equatable, Sendable {
    /// Bytes of `/dev/shm`; nil for 64 MiB.
    public var sharedMemory: Quantity?
    /// Volumes of kind `emptyDir` from which nothing is executed.
    public var noExecVolumes: Set<String> = []
    /// For every container, unless its own say something else.
    public var common = ContainerTuning()
    /// By container.
    public var own: [String: ContainerTuning] = [:]

    public init() {}

    /// What holds for one container.
    public func of(_ container: String) -> ContainerTuning {
        guard let own = own[container] else { return common }
        var tuning = common
        for limit in own.limits {
            tuning.limits.removeAll { $0.name == limit.name }
            tuning.limits.append(limit)
        }
        tuning.processes = own.processes ?? common.processes
        tuning.swap = own.swap ?? common.swap
        tuning.endsTogether = own.endsTogether ?? common.endsTogether
        return tuning
    }
}

/// What annotations ask for one container.
public struct ContainerTuning: Equatable, Sendable {
    /// Unique by name.
    public var limits: [Limit] = []
    /// Processes and threads at most; nil for as many as the machine has.
    public var processes: Int64?
    /// nil for none beside a limit of memory.
    public var swap: Swap?
    /// Whether all of it is killed where the kernel kills one of it for want of memory; nil as the cgroup version has it.
    public var endsTogether: Bool?

    public init() {}

    /// A limit of `setrlimit(2)`.
    public struct Limit: Equatable, Sendable {
        /// As `nofile`.
        public var name: String
        /// `UInt64.max` is no limit.
        public var soft: UInt64
        public var hard: UInt64

        public init(name: String, soft: UInt64, hard: UInt64) {
            self.name = name
            self.soft = soft
            self.hard = hard
        }
    }

    /// Swap beside the memory.
    public enum Swap: Equatable, Sendable {
        case bytes(Quantity)
        case unlimited
    }
}
