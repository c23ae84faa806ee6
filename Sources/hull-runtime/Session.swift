import CommandSupport
import ContainerRuntime
import LinuxKernel
import LinuxTypes

/// What a command works with: the containers of one root, and where to say what.
struct Session {
    let runtime: Runtime
    let globals: GlobalOptions
    let log: Log
    let inherited: InheritedDescriptors

    init(_ globals: GlobalOptions, _ log: Log, _ inherited: InheritedDescriptors) throws(RuntimeError) {
        guard let root = globals.root ?? HostPath(GlobalOptions.defaultRoot) else {
            throw RuntimeError(.invalid, "--root is empty")
        }
        var runtime = Runtime(root: root) { warning in log.write(.warning, warning) }
        if log.wants(.debug) {
            let start = monotonicMicroseconds()
            runtime.ledger = { step, time in log.write(.debug, "\(time - start) µs: \(step)") }
        }
        self.runtime = runtime
        self.globals = globals
        self.log = log
        self.inherited = inherited
    }

    /// Does what the command says; the exit code.
    func carryOut(_ command: Command) throws(RuntimeError) -> Int32 {
        switch command {
        case .create(let request): return try create(request)
        case .run(let request, let options): return try run(request, options)
        case .exec(let request): return try exec(request)
        case .start(let id): try runtime.start(id)
        case .state(let id): try state(id)
        case .kill(let arguments): try kill(arguments)
        case .delete(let arguments): try delete(arguments)
        case .list(let arguments): try list(arguments)
        case .ps(let arguments): try ps(arguments)
        case .spec(let arguments): try spec(arguments)
        case .features: try features()
        case .version: try write(Version.text.utf8)
        }
        return 0
    }

    /// Writes to stdout, all of it.
    func write(_ bytes: some Collection<UInt8>) throws(RuntimeError) {
        do throws(KernelError) { try FileDescriptor.standardOutput.writeAll(bytes, subject: "stdout") } catch {
            throw RuntimeError(error, "cannot print")
        }
    }
}
