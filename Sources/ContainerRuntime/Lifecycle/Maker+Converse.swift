import Cgroups
import InitProtocol
import LinuxKernel
import LinuxTypes
import OCISpec

extension Maker {
    /// Talks with the init until it waits for its start, or until its program runs.
    mutating func converse(_ launch: inout Launch, _ plan: ContainerPlan) throws(RuntimeError) {
        var executing = false
        while true {
            switch try next(&launch, plan.`init`) {
            case .message(.staged(let pid)):
                try launch.becomeSecondStage(pid: pid)
                try record(launch, .creating)
                if let maps = birth.userMaps { try launch.writeUserMaps(maps) }
                if !plan.`init`.waitsForRuntimeHooks { try letRun(launch) }
            case .message(.terminal):
                terminal = try Handover.passTerminal(launch.conversation.takeDescriptors(), to: request.consoleSocket)
            case .message(.mounted):
                try runRuntimeHooks(launch)
                try during("cannot go on with hull-init") { () throws(KernelError) in try launch.conversation.proceed() }
                try letRun(launch)
            case .message(.ready):
                return try record(launch, .created)
            case .message(.executing(let ledger)):
                runtime.note(ledger)
                executing = true
            case .message(.failed(let failure)):
                throw RuntimeError(failure, plan: plan)
            case .notStarted(let failure):
                throw RuntimeError(.failed, "cannot start the container's init: \(failure.call) 'hull-init': \(failure.errno)")
            case .end:
                if executing { return runtime.note("executed") }
                throw initDied(launch)
            }
        }
    }

    /// The init's next word. While it may be running hooks of the container's namespaces no lock is held.
    private mutating func next(_ launch: inout Launch, _ plan: InitPlan) throws(RuntimeError) -> InitConversation.Reply {
        let hooks = plan.createContainerHooks.count + (waitsForStart ? 0 : plan.startContainerHooks.count)
        guard hooks > 0 else { return try launch.nextReply() }
        return try container.unlocked { () throws(RuntimeError) in try launch.nextReply() }
    }

    /// In `run`: recorded first, then the word.
    private mutating func letRun(_ launch: borrowing Launch) throws(RuntimeError) {
        guard !waitsForStart else { return }
        try record(launch, .running)
        try during("cannot go on with hull-init") { () throws(KernelError) in try launch.conversation.proceed() }
    }

    private mutating func runRuntimeHooks(_ launch: borrowing Launch) throws(RuntimeError) {
        guard let hooks = bundle.configuration.hooks else { return }
        let runner = HookRunner(state: state(.creating, pid: launch.pid))
        try container.unlocked { () throws(RuntimeError) in
            try runner.run(.prestart, hooks.prestart)
            try runner.run(.createRuntime, hooks.createRuntime)
        }
    }

    private func initDied(_ launch: borrowing Launch) -> RuntimeError {
        var how = "ended"
        do throws(KernelError) {
            switch try launch.pidfd.descriptor.waitForEnd() {
            case .signaled(let signal, _): how = "was killed by \(signal.name)"
            case .exited(let code): how = "ended with code \(code)"
            case nil: break
            }
        } catch { how = "ended" }
        var kills: UInt64 = 0
        do throws(CgroupError) { kills = try cgroup.oomKills() ?? 0 } catch { runtime.warn("\(error)") }
        let hint = kills > 0 ? "the memory limit is too small for the container to start" : nil
        var error = RuntimeError(.failed, "hull-init \(how) before it could execute the program", hint: hint)
        error.ranOutOfMemory = kills > 0
        return error
    }
}
