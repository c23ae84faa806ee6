internal import LinuxKernel
public import PodRecords

/// What is known of a pod now: its records, read without asking anybody.
public struct PodState: Sendable {
    public let sandbox: SandboxRecord
    /// In no order.
    public let containers: [ContainerStatus]
    public let plan: PodPlan?
    /// This boot: what was recorded in another is gone.
    let bootID: String
    /// Since when it is frozen, in nanoseconds since 1970; nil where it is not.
    public var frozenSince: Int64?

    public init(sandbox: SandboxRecord, containers: [ContainerStatus], plan: PodPlan?, bootID: String) {
        self.sandbox = sandbox
        self.containers = containers
        self.plan = plan
        self.bootID = bootID
    }

    /// Whether it has a sandbox in this boot, or is about to have or to lose it.
    public var hasSandbox: Bool { line.hasSandbox }

    /// What is recorded of a container; nil for one that was never heard of.
    public func status(of container: String) -> ContainerStatus? { containers.first { $0.name == container } }

    /// A process that is recorded as running in the pod's namespaces; nil where none is.
    var anyProcess: ProcessIdentity? { containers.lazy.filter { $0.state == .running }.compactMap(\.process).first }

    /// Whether a container is to end before the others start.
    public func isInit(_ container: String) -> Bool { plan?.container(container)?.isInit ?? false }

    /// All of the manifest, in its order. Those that were not heard of yet wait.
    public var orderedContainers: [ContainerStatus] {
        guard let plan else { return containers }
        return plan.containers.map { planned in
            status(of: planned.name) ?? ContainerStatus(name: planned.name)
        }
    }

    /// How many containers are to run together.
    public var mainCount: Int { plan?.containers.filter { !$0.isInit }.count ?? containers.count }

    public var line: PodLine { PodLine(sandbox: sandbox, bootID: bootID, isFrozen: frozenSince != nil) }

    /// Whether it was not stopped when the machine went down.
    public var isLost: Bool { line.isLost }

    /// The phase of `core.v1.PodStatus`.
    public enum Phase: String, Sendable {
        case pending = "Pending"
        case running = "Running"
        case succeeded = "Succeeded"
        case failed = "Failed"
    }

    public var phase: Phase {
        switch line.phase {
        case .pending: return .pending
        case .making: return isLost ? .failed : .pending
        case .ready: return isLost ? .failed : isInitialized ? .running : .pending
        case .stopping, .stopped:
            return sandbox.reason == "Succeeded" || sandbox.reason.isEmpty && haveAllSucceeded ? .succeeded : .failed
        }
    }

    private var mainContainers: [ContainerStatus] { containers.filter { !isInit($0.name) } }

    /// Whether all have ended well. One that never ran has not.
    private var haveAllSucceeded: Bool {
        !containers.isEmpty && containers.count >= plan?.containers.count ?? 0
            && containers.allSatisfy { status in
                // What waits for its next attempt is judged by its last.
                let last = status.hasStarted && status.state == .waiting ? status.lastTermination : nil
                return (status.termination ?? last)?.isSuccess == true
            }
    }

    /// Whether all containers that are no init containers run, or have run, in this sandbox.
    private var isInitialized: Bool {
        !mainContainers.isEmpty && mainContainers.count >= mainCount
            && mainContainers.allSatisfy { status in
                status.state == .running || status.state == .terminated
                    || status.restartCount > 0 && status.lastTermination != nil
            }
    }
}

extension ProcessIdentity {
    /// Whether it runs now.
    func isAlive() throws(PodError) -> Bool {
        try during("cannot look at process \(pid)") { () throws(KernelError) in try isAlive(currentBootID: LinuxKernel.bootID()) }
    }
}
