import CommandSupport
import ContainerRuntime
import LinuxKernel
import LinuxTypes
import StrictTree

extension Session {
    /// `ps`: a container's processes.
    func ps(_ arguments: PsArguments) throws(RuntimeError) {
        let pids = try runtime.processes(arguments.id)
        switch arguments.format {
        case .json:
            var json = JSONWriter()
            json.array { json in
                for pid in pids { json.element(pid) }
            }
            try write(json.bytes + [UInt8(ascii: "\n")])
        case .table:
            let output = try Self.outputOfPs(arguments.psOptions)
            guard let table = ProcessTable.filter(output, pids: Set(pids)) else {
                throw RuntimeError(.invalid, "the output of 'ps' has no column PID", hint: "ask for it: -o pid,…")
            }
            try write(table.utf8)
        }
    }

    /// Runs the host's `ps`; what it prints goes to a file in memory, for a busy host has long tables.
    private static func outputOfPs(_ options: [String]) throws(RuntimeError) -> String {
        let path = try path(of: "ps")
        do throws(KernelError) {
            let output = try FileDescriptor.inMemory(name: "ps")
            let descriptor = output.descriptor
            let program = Subprocess(
                path: path, arguments: ["ps"] + options, environment: ["PATH=\(searchPath)", "LC_ALL=C"],
                timeoutMilliseconds: 60_000)
            let outcome = try program.run { () throws(KernelError) in try descriptor.duplicate(onto: .standardOutput) }
            guard case .exited(code: 0) = outcome.status else {
                throw KernelError(
                    call: "ps", errno: .EINVAL, subject: (options + [PlainText.line(outcome.output)]).joined(separator: " "))
            }
            try descriptor.rewind()
            return String(decoding: try descriptor.readToEnd(limit: 64 << 20, subject: "the output of ps"), as: UTF8.self)
        } catch { throw RuntimeError(error, "cannot list processes") }
    }

    private static var searchPath: String { environmentValue("PATH") ?? "/usr/bin:/bin" }

    private static func path(of program: String) throws(RuntimeError) -> String {
        for directory in searchPath.split(separator: ":") where directory.utf8.first == UInt8(ascii: "/") {
            let path = "\(directory)/\(program)"
            if executionObstacle(path) == nil { return path }
        }
        throw RuntimeError(.missing, "there is no program '\(program)' in PATH", hint: "'ps --format json' needs none")
    }
}
