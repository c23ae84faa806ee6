internal import Cgroups
internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords

/// What a pod consists of in the kernel now. Nobody is asked: neither a keeper, nor a process of the pod, nor a file system that is mounted in it.
public struct PodTree: Sendable {
    public struct Process: Hashable, Sendable {
        public let pid: Int32
        public let parent: Int32
        public let name: String
        /// One letter, as `/proc` has it.
        public let state: String
    }

    public struct Mount: Hashable, Sendable {
        public let point: String
        public let type: String
        public let source: String
        public let options: String
    }

    public struct Container: Sendable {
        public let name: String
        public let isInit: Bool
        public let state: String
        public let cgroups: [String]
        /// Name and number, of those that are not the pod's.
        public let namespaces: [String]
        public let mounts: [Mount]
        /// By pid.
        public let processes: [Process]
    }

    public let name: String
    public let uid: String
    public let state: String
    public let keeper: Process?
    public let network: String
    public let addresses: [String]
    public let cgroups: [String]
    public let namespaces: [String]
    public let containers: [Container]

    public init(_ pod: PodState) throws(PodError) {
        let sandbox = pod.sandbox
        name = sandbox.fullName
        uid = sandbox.uid.string
        state = pod.line.summary
        network = sandbox.network.isEmpty ? "none" : sandbox.network
        addresses = sandbox.addresses
        let path = PodPlaces.cgroup(of: sandbox.uid)
        cgroups = pod.hasSandbox ? try PodCgroups.present(at: path) : []
        keeper = try sandbox.keeper.flatMap { identity throws(PodError) in
            try identity.isAlive() ? try Self.process(identity.pid) : nil
        }
        let host = try Self.namespaces(of: 0)
        var shared: Set<String>?
        var own: [(status: ContainerStatus, namespaces: [String])] = []
        for status in pod.orderedContainers {
            var found: [String] = []
            if let process = status.process, status.state == .running, try process.isAlive() {
                found = try Self.namespaces(of: process.pid)
                // The pod's are those that all of its containers have, and the machine has not.
                shared = (shared ?? Set(found)).intersection(found)
            }
            own.append((status, found))
        }
        let common = (shared ?? []).subtracting(host)
        // One container alone has mounts, processes and cgroups for itself all the same.
        namespaces = common.filter { name in !["mnt:", "pid:", "cgroup:"].contains { name.hasPrefix($0) } }.sorted()
        var containers: [Container] = []
        for (status, found) in own {
            let id = PodPlan.containerID(sandbox.uid, status.name, status.attempt)
            let runs = !found.isEmpty
            let known = namespaces
            containers.append(
                Container(
                    name: status.name, isInit: pod.isInit(status.name), state: pod.isLost ? "lost" : status.state.rawValue,
                    cgroups: runs ? try PodCgroups.present(at: path + "/" + id) : [],
                    namespaces: found.filter { !known.contains($0) && !host.contains($0) },
                    mounts: runs ? try Self.mounts(of: status.process?.pid) : [],
                    processes: runs ? try Self.processes(at: path + "/" + id) : []))
        }
        self.containers = containers
    }

    private static func processes(at path: String) throws(PodError) -> [Process] {
        var found: [Process] = []
        for pid in try PodCgroups.processes(at: path) { if let process = try process(pid) { found.append(process) } }
        return found
    }

    /// nil where it has ended meanwhile.
    private static func process(_ pid: Int32) throws(PodError) -> Process? {
        try during("cannot look at process \(pid)") { () throws(KernelError) in
            guard let status = try ProcessStatus(pid: pid) else { return nil }
            return Process(pid: pid, parent: status.parent, name: status.name, state: String(status.state))
        }
    }

    /// As `net:[4026531840]`; empty for one that has ended. 0 is this process.
    private static func namespaces(of pid: Int32) throws(PodError) -> [String] {
        let directory = pid == 0 ? "/proc/self/ns" : "/proc/\(pid)/ns"
        var found: [String] = []
        for name in ["mnt", "pid", "net", "uts", "ipc", "user", "cgroup", "time"] {
            do throws(KernelError) {
                found.append(try FileDescriptor.workingDirectory.readLink(directory + "/" + name))
            } catch {
                // A kernel without this kind, or a process that has just ended.
                guard [.ENOENT, .ESRCH].contains(error.errno) else { throw PodError(error, "cannot look at process \(pid)") }
            }
        }
        return found
    }

    private static func mounts(of pid: Int32?) throws(PodError) -> [Mount] {
        guard let pid else { return [] }
        do throws(KernelError) {
            return MountTable(try readFile("/proc/\(pid)/mountinfo", limit: 16 << 20)).entries.map {
                Mount(point: $0.point, type: $0.type, source: $0.source, options: $0.options)
            }
        } catch {
            if [.ENOENT, .ESRCH, .EINVAL].contains(error.errno) { return [] }
            throw PodError(error, "cannot read the mounts of process \(pid)")
        }
    }
}
