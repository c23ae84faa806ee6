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
        let container = try container(arguments.container, of: pod)
        let end = try attempt { () throws(PodError) in
            var attachment = try PodAttachment(pod, places, container: container, takesInput: arguments.takesInput)
            return try attachment.run()
        }
        // Order: the attachment is gone, and with it what it did to the terminal.
        return try finish(end, container)
    }

    /// Ends as the container has.
    func finish(_ end: PodAttachment.End, _ container: String) throws(Failure) -> ExitCode {
        switch end {
        case .detached: return .done
        case .ended(let code):
            guard let code else {
                throw Failure("nobody saw how container '\(container)' ended", hint: "'hull why' says what is known")
            }
            exitImmediately(code)
        }
    }

    /// The one that is named, else the one that the manifest names for that, else the first of those that run together.
    func container(_ name: String?, of pod: PodState) throws(Failure) -> String {
        let names = pod.plan?.containers.map(\.name) ?? pod.containers.map(\.name)
        guard let name else {
            guard let main = pod.plan?.mainContainer ?? names.first else {
                throw Failure("the pod has no container", exit: .notFound)
            }
            return main
        }
        guard names.contains(name) else {
            throw Failure(
                "pod '\(pod.sandbox.name)' has no container '\(name)'\(Suggestion.hint(for: name, in: names))",
                hint: "'hull tree' lists its containers", exit: .notFound)
        }
        return name
    }
}
