internal import Cgroups
internal import LinuxKernel
internal import LinuxTypes
public import PodRecords

/// What a pod, or one of its containers, uses. nil is what nobody counts here, not zero.
public struct PodFigures: Sendable {
    public let pod: String
    /// nil for the pod as a whole.
    public let container: String?
    public let isFrozen: Bool
    /// What its cgroups say.
    let figures: Figures
    /// Bytes of the pod's network since its sandbox was made; nil for a container, and in the machine's network.
    public let received: UInt64?
    public let sent: UInt64?
    /// Nanoseconds of processor time a second since the sample before; nil in the first.
    public private(set) var load: UInt64?

    /// Nanoseconds of all processors together.
    public var processorTime: UInt64? { figures.processorTime }
    /// How often its limit of processor time held it up.
    public var throttled: UInt64? { figures.throttled }
    /// Bytes.
    public var memory: UInt64? { figures.memory }
    /// Bytes without files that can be read again at once.
    public var workingSet: UInt64? { figures.workingSet }
    /// Bytes; nil also where there is no limit.
    public var memoryLimit: UInt64? { figures.memoryLimit }
    public var processes: UInt64? { figures.processes }
    /// Bytes from devices.
    public var readBytes: UInt64? { figures.readBytes }
    /// Bytes to devices.
    public var writtenBytes: UInt64? { figures.writtenBytes }
    /// Hundredths of a percent of the last ten seconds in which some process waited for a processor.
    public var processorPressure: UInt64? { figures.processorPressure }
    /// The same for memory.
    public var memoryPressure: UInt64? { figures.memoryPressure }
    /// The same for disks.
    public var diskPressure: UInt64? { figures.diskPressure }

    /// With what was used since `before`, `microseconds` ago.
    public func since(_ before: PodFigures?, microseconds: Int64) -> PodFigures {
        var copy = self
        guard let before = before?.figures.processorTime, let now = figures.processorTime, now >= before, microseconds > 0 else {
            return copy
        }
        copy.load = UInt64(Double(now - before) * 1_000_000 / Double(microseconds))
        return copy
    }
}

/// Reads figures of pods out of their cgroups, and of the counters of their networks. Neither a keeper nor a process of the pod is asked.
public struct PodMeter {
    private let places: PodPlaces

    public init(_ places: PodPlaces) { self.places = places }

    /// Of pods that have a sandbox, each alone or with its containers behind it. What ends meanwhile is left out.
    public func read(_ pods: [PodState], containers: Bool) throws(PodError) -> [PodFigures] {
        var found: [PodFigures] = []
        for pod in pods where pod.hasSandbox {
            let uid = pod.sandbox.uid
            let name = pod.sandbox.fullName
            guard let figures = try figures(at: PodPlaces.cgroup(of: uid)) else { continue }
            let traffic = try traffic(of: pod)
            found.append(
                PodFigures(
                    pod: name, container: nil, isFrozen: pod.frozenSince != nil, figures: figures, received: traffic?.received,
                    sent: traffic?.sent))
            guard containers else { continue }
            for status in pod.orderedContainers where status.state == .running {
                let id = PodPlan.containerID(uid, status.name, status.attempt)
                guard let figures = try self.figures(at: PodPlaces.cgroup(of: uid) + "/" + id) else { continue }
                found.append(
                    PodFigures(
                        pod: name, container: status.name, isFrozen: pod.frozenSince != nil, figures: figures, received: nil,
                        sent: nil))
            }
        }
        return found
    }

    private func figures(at path: String) throws(PodError) -> Figures? {
        try grouping { () throws(CgroupError) in
            let group = try PodCgroups.cgroup(at: path)
            return group.isGone ? nil : try group.figures()
        }
    }

    /// As the network namespace of one of its processes counts, without loopback.
    private func traffic(of pod: PodState) throws(PodError) -> (received: UInt64, sent: UInt64)? {
        guard pod.sandbox.network != NetworkMode.host.text, let process = pod.anyProcess else { return nil }
        let text: String
        do throws(KernelError) {
            guard try process.isAlive(currentBootID: pod.sandbox.bootID) else { return nil }
            text = try readText("/proc/\(process.pid)/net/dev")
        } catch {
            if [.ENOENT, .ESRCH, .EINVAL].contains(error.errno) { return nil }
            throw PodError(error, "cannot read the counters of the pod's network")
        }
        var sum: (received: UInt64, sent: UInt64) = (0, 0)
        for line in text.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            guard line[..<colon].drop(while: { $0 == " " }) != "lo" else { continue }
            let numbers = line[line.index(after: colon)...].split(separator: " ").compactMap { UInt64($0) }
            guard numbers.count >= 9 else { continue }
            sum.received &+= numbers[0]
            sum.sent &+= numbers[8]
        }
        return sum
    }
}
