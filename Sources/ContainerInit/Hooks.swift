import InitProtocol
import LinuxKernel
import LinuxTypes

extension ContainerInit {
    /// The runtime's own hooks run while we wait; then those of the container's namespaces, whose paths are still the host's.
    static func runHooksBeforePivot(_ setup: inout Setup) throws(InitFailure) {
        if setup.plan.waitsForRuntimeHooks {
            try setup.channel.send(.mounted, .hook)
            try setup.channel.waitToProceed(.wait)
        }
        for (index, hook) in setup.plan.createContainerHooks.enumerated() {
            try run(hook, named: "createContainer", index, setup.plan.hookState?.creating) { () throws(KernelError) in }
        }
    }

    /// Order: after the start is asked for; as the container's user, with its capabilities, but before its filter.
    static func runStartContainerHooks(_ setup: inout Setup) throws(InitFailure) {
        let capabilities = setup.plan.process.capabilities
        for (index, hook) in setup.plan.startContainerHooks.enumerated() {
            try run(hook, named: "startContainer", index, setup.plan.hookState?.created) { () throws(KernelError) in
                try install(capabilities)
            }
        }
    }

    private static func run(
        _ hook: HookPlan, named name: String, _ index: Int, _ template: StateTemplate?,
        prepare: () throws(KernelError) -> Void
    ) throws(InitFailure) {
        let state = template.map { $0.beforePID + "\(currentPID())" + $0.afterPID } ?? ""
        let program = Subprocess(
            path: hook.path, arguments: hook.arguments, environment: hook.environment, input: Array(state.utf8),
            timeoutMilliseconds: hook.timeoutSeconds.map { Int($0) * 1000 })
        let outcome = try during(.hook, index) { () throws(KernelError) in try program.run(prepare: prepare) }
        let complaint: String
        switch outcome.status {
        case .exited(code: 0): return
        case .exited(let code): complaint = "exit status \(code)"
        case .signaled(let signal, _): complaint = "killed by \(signal.name)"
        case nil: complaint = "killed after its timeout of \(hook.timeoutSeconds ?? 0) s"
        }
        let output = outcome.output.isEmpty ? "" : ": " + outcome.output
        throw InitFailure(
            step: .hook, index: UInt32(index), call: name, errno: .ECANCELED, subject: "\(hook.path): \(complaint)\(output)")
    }
}
