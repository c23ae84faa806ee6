import LinuxKernel
import LinuxTypes
import OCISpec
import StrictTree

/// Runs hooks in the runtime's namespaces. No lock is held meanwhile.
struct HookRunner {
    let state: State

    /// Runs all of one kind in order; the first that fails ends it.
    func run(_ kind: HookKind, _ hooks: [Hook]) throws(RuntimeError) {
        for (index, hook) in hooks.enumerated() { try run(kind, index, hook) }
    }

    /// Runs all of one kind in order and passes every failure on: hooks after the end of a container cannot stop anything any more.
    func runAll(_ kind: HookKind, _ hooks: [Hook], warn: (String) -> Void) {
        for (index, hook) in hooks.enumerated() {
            do throws(RuntimeError) { try run(kind, index, hook) } catch { warn("\(error)") }
        }
    }

    private func run(_ kind: HookKind, _ index: Int, _ hook: Hook) throws(RuntimeError) {
        let program = Subprocess(
            path: hook.path, arguments: hook.args.isEmpty ? [hook.path] : hook.args, environment: hook.env,
            input: state.json(.compact), timeoutMilliseconds: hook.timeout.map { Int(clamping: $0) * 1000 })
        let context = "error running \(kind.rawValue) hook #\(index)"
        let outcome = try during(context) { () throws(KernelError) in try program.run() }
        let complaint: String
        switch outcome.status {
        case .exited(code: 0): return
        case .exited(let code): complaint = "exit status \(code)"
        case .signaled(let signal, _): complaint = "killed by \(signal.name)"
        case nil: complaint = "killed after its timeout of \(hook.timeout ?? 0) s"
        }
        let output = outcome.output.isEmpty ? "" : ": " + outcome.output
        throw RuntimeError(.failed, "\(context): \(hook.path): \(complaint)\(output)")
    }
}
