internal import Journal
internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords
internal import PodSpec
internal import StrictTree

/// What a container is told, beside what its image says.
extension PodWorker {
    func environment(of container: Container, in pod: Pod) throws(PodError) -> ContainerEnvironment {
        try EnvironmentMaker(
            pod: pod, container: container,
            downward: { () throws(PodError) in try self.downward(pod) },
            document: { kind, name throws(PodError) in try self.document(kind, name, for: pod) }
        ).environment()
    }

    /// A ConfigMap or Secret of the pod's namespace; nil where there is none.
    func document(_ kind: ConfigDocument.Kind, _ name: String, for pod: Pod) throws(PodError) -> ConfigDocument? {
        let journal: Journal = try journaling("cannot open the journal") { () throws(JournalError) in try self.journal() }
        return try ConfigStore(places, journal).document(kind, name, in: pod.metadata.namespace)
    }

    /// What is told of the pod, with the labels that it has now.
    func downward(_ pod: Pod) throws(PodError) -> DownwardAPI {
        var pod = pod
        if let record = try record() { pod.relabel(record.labelValues) }
        return DownwardAPI(pod: pod, machine: try machine(for: pod))
    }

    /// What the machine is, for who is told of it.
    func machine(for pod: Pod) throws(PodError) -> DownwardAPI.Machine {
        let known = try MachineAddresses.primary(in: hostNetwork.descriptor)
        let addresses = known.isEmpty ? ["127.0.0.1"] : known
        // A pod without a network of its own has loopback, or the machine's.
        let own = try podAddresses()
        return DownwardAPI.Machine(
            name: machineName, addresses: addresses,
            podAddresses: pod.spec.hostNetwork ? addresses : own.isEmpty ? ["127.0.0.1"] : own,
            processors: try during("cannot count the processors") { () throws(KernelError) in try ProcessorSet.own().numbers.count
            },
            memory: try Self.machineMemory(),
            storage: try during("cannot read the size of the file system") { () throws(KernelError) in
                let root = try FileDescriptor.workingDirectory.open(places.root.string, [.pathOnly, .directory])
                return try root.descriptor.fileSystemSize()
            })
    }

    private func podAddresses() throws(PodError) -> [String] { try record()?.addresses ?? [] }

    private func record() throws(PodError) -> SandboxRecord? {
        let bytes = try journaling("cannot read the pod's record") { () throws(JournalError) in
            try journal().value(of: PodKeys.sandbox(uid))?.value
        }
        do throws(TreeError) { return try bytes.map { bytes throws(TreeError) in try SandboxRecord(json: bytes) } } catch {
            throw PodError(error, "the record of pod \(uid)")
        }
    }
}
