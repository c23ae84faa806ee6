import CommandSupport
import JournalVerbs
import LinuxKernel
import PodRecords
import PodSandbox
import PodVerbs
import StrictTree

extension PodSession {
    func exec(_ arguments: ExecPodArguments) throws(Failure) -> ExitCode {
        let pod = try find(arguments.pod)
        guard pod.frozenSince == nil else {
            throw Failure("pod '\(arguments.pod)' is frozen", hint: "'hull thaw \(arguments.pod)' lets it go on")
        }
        var exec = PodExec(container: try container(arguments.container, of: pod), command: arguments.command)
        exec.takesInput = arguments.takesInput
        exec.hasTerminal = arguments.hasTerminal
        exec.environment = arguments.environment
        exec.workingDirectory = arguments.workingDirectory
        exec.uid = arguments.user?.uid
        exec.gid = arguments.user?.gid
        if arguments.hasTerminal, !arguments.takesInput { try closeInput() }
        let code: Int32
        do throws(PodError) { code = try exec.run(in: pod, places) } catch {
            // As every runtime: 255 is ours, anything else the program's.
            Log.plain.fail(error.message, hint: error.hint)
            exitImmediately(255)
        }
        exitImmediately(code)
    }

    private func closeInput() throws(Failure) {
        do throws(KernelError) {
            // Order: held by a name until it is duplicated. One without is closed before.
            let null = try FileDescriptor.workingDirectory.open("/dev/null", .readOnly)
            try null.descriptor.duplicate(onto: .standardInput)
        } catch { throw Failure(error, "cannot open /dev/null") }
    }

    func attach(_ arguments: AttachArguments) throws(Failure) -> ExitCode {
        let pod = try find(arguments.pod)
        return try attach(to: pod, arguments.container, arguments.takesInput)
    }

    func attach(to uid: PodUID, takesInput: Bool) throws(Failure) -> ExitCode {
        let registry = try registry()
        guard let pod = try attempt({ () throws(PodError) in try registry.state(of: uid) }) else {
            throw Failure("the pod is gone", hint: "'hull history' says by whom", exit: .notFound)
        }
        return try attach(to: pod, nil, takesInput)
    }

    private func attach(to pod: PodState, _ name: String?, _ takesInput: Bool) throws(Failure) -> ExitCode {
        let container = try container(name, of: pod)
        let end = try attempt { () throws(PodError) in
            var attachment = try PodAttachment(places, pod.sandbox.uid, container: container, takesInput: takesInput)
            return try attachment.run()
        }
        switch end {
        case .detached: return .done
        case .ended(let code):
            guard let code else {
                throw Failure("nobody saw how container '\(container)' ended", hint: "'hull why' says what is known")
            }
            // Order: the attachment is gone, and with it what it did to the terminal.
            exitImmediately(code)
        }
    }

    /// The one that is named, else the first of those that run together.
    func container(_ name: String?, of pod: PodState) throws(Failure) -> String {
        let names = pod.plan?.containers.map(\.name) ?? pod.containers.map(\.name)
        guard let name else {
            guard let first = names.first(where: { !pod.isInit($0) }) else {
                throw Failure("the pod has no container", exit: .notFound)
            }
            return first
        }
        guard names.contains(name) else {
            throw Failure(
                "pod '\(pod.sandbox.name)' has no container '\(name)'\(Suggestion.hint(for: name, in: names))",
                hint: "'hull tree' lists its containers", exit: .notFound)
        }
        return name
    }
}
