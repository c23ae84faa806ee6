import CommandSupport
import JournalVerbs
import LinuxKernel
import PodRecords
import PodSandbox
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
        let forward = try attempt { () throws(PodError) in
            try PortForward(to: pod, arguments.ports) { line in note(line) }
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

    /// Microseconds.
    private static let second: Int64 = 1_000_000

    private func polling<Result: ~Copyable>(_ body: () throws(KernelError) -> Result) throws(Failure) -> Result {
        do throws(KernelError) { return try body() } catch { throw Failure(error, "cannot wait") }
    }
}
