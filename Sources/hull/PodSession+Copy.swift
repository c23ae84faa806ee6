import CommandSupport
import JournalVerbs
import LinuxKernel
import PodRecords
import PodSandbox
import PodSpec
import PodVerbs

extension PodSession {
    func copy(_ arguments: CopyArguments) throws(Failure) -> ExitCode {
        let remote = arguments.remote
        let pod = try find(remote.pod)
        let container = try container(remote.container, of: pod)
        let progress = CopyProgress()
        func warn(_ text: String) {
            progress.clear()
            Log.plain.write(.warning, text)
        }
        defer { progress.clear() }
        try attempt { () throws(PodError) in
            let copy = try PodCopy(pod, container: container, warn: warn) { progress.advanced(by: $0) }
            if arguments.isIntoContainer {
                try copy.copyIn(arguments.local, to: remote.path)
            } else {
                try copy.copyOut(remote.path, to: arguments.local)
            }
        }
        return .done
    }

    func forward(_ arguments: ForwardArguments) throws(Failure) -> ExitCode {
        let pod = try find(arguments.pod)
        let wanted = try ports(arguments.ports, of: pod)
        let forward = try attempt { () throws(PodError) in
            try PortForward(to: pod, wanted) { line in note(line) }
        }
        for port in forward.ports { try Output.write("127.0.0.1:\(port.local) to port \(port.remote)\n".utf8) }
        let registry = try registry()
        let ends = try polling { () throws(KernelError) in try EndSignals() }
        var nextLook = monotonicMicroseconds() + Self.second
        while true {
            var entries = forward.entries
            if try polling({ () throws(KernelError) in try ends.hasEnded(&entries, within: 1000) }) { return .done }
            try attempt { () throws(PodError) in try forward.serve(entries) }
            guard monotonicMicroseconds() >= nextLook else { continue }
            nextLook = monotonicMicroseconds() + Self.second
            // Nobody else would let go of a network whose pod is gone.
            let now = try attempt { () throws(PodError) in try registry.state(of: pod.sandbox.uid) }
            guard now?.hasSandbox == true, now?.sandbox.startedAt == pod.sandbox.startedAt else {
                throw Failure("pod '\(arguments.pod)' was stopped", hint: "'hull history' says by whom")
            }
        }
    }

    /// Ports by their numbers; names are those of the manifest.
    private func ports(_ ports: [ForwardArguments.Port], of pod: PodState) throws(Failure) -> [PortForward.Port] {
        var numbers: [PortForward.Port] = []
        for port in ports {
            let remote =
                switch port.remote {
                case .number(let number): number
                case .name(let name): try number(ofPort: name, pod)
                }
            numbers.append(PortForward.Port(local: port.local ?? remote, remote: remote))
        }
        return numbers
    }

    private func number(ofPort name: String, _ pod: PodState) throws(Failure) -> UInt16 {
        let registry = try registry()
        let all = try attempt { () throws(PodError) in
            guard let manifest = try registry.manifest(of: pod.sandbox.uid),
                let pod = try registry.resizedPod(pod.sandbox.uid, manifest)
            else { return [ContainerPort]() }
            return pod.spec.containers.flatMap(\.ports)
        }
        guard let port = all.first(where: { $0.name == name }) else {
            let names = all.compactMap(\.name).map { "'\($0)'" }
            throw Failure(
                "no container of pod '\(pod.sandbox.name)' has a port of the name '\(name)'",
                hint: names.isEmpty ? "its ports have no names: give a number" : "there is \(names.joined(separator: ", "))")
        }
        guard port.protocolName == .tcp else {
            throw Failure("port '\(name)' is of \(port.protocolName.rawValue): connections of TCP are forwarded, nothing else")
        }
        return port.containerPort
    }

    /// Microseconds.
    private static let second: Int64 = 1_000_000

    private func polling<Result: ~Copyable>(_ body: () throws(KernelError) -> Result) throws(Failure) -> Result {
        do throws(KernelError) { return try body() } catch { throw Failure(error, "cannot wait") }
    }
}
