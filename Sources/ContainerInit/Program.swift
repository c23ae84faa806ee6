import InitProtocol
import LinuxKernel
import LinuxTypes

extension ContainerInit {
    /// Finds the program as `execvp(3)` would with the container's PATH, as its user, before anybody is told that the container is ready.
    static func findProgram(_ setup: inout Setup) throws(InitFailure) {
        setup.environment = setup.plan.process.environment
        if setup.plan.process.setsHome { setup.environment.append("HOME=\(home(setup))") }
        let name = setup.plan.process.arguments[0]
        if name.utf8.contains(UInt8(ascii: "/")) {
            if let obstacle = executionObstacle(name) { throw programFailure(name, obstacle) }
            setup.program = name
            return
        }
        var obstacle = Errno.ENOENT
        for directory in searchPath(setup.environment) {
            // An empty entry is the working directory, as in a shell.
            let candidate = directory.isEmpty ? "./" + name : String(directory) + "/" + name
            guard let found = executionObstacle(candidate) else {
                setup.program = candidate
                return
            }
            if found == .EACCES { obstacle = .EACCES }
        }
        throw programFailure(name, obstacle)
    }

    private static func programFailure(_ name: String, _ errno: Errno) -> InitFailure {
        InitFailure(step: .program, call: "execve", errno: errno, subject: name)
    }

    private static func searchPath(_ environment: [String]) -> [Substring] {
        let value = environment.last { $0.hasPrefix("PATH=") }?.dropFirst(5)
        return (value ?? "").split(separator: ":", omittingEmptySubsequences: value == nil)
    }

    /// The home directory of the container's passwd file, else `/`. The file is the image's: it must be a regular one, of bounded size, and no
    /// FIFO holds us up.
    private static func home(_ setup: borrowing Setup) -> String {
        guard let path = ContainerPath("/etc/passwd") else { return "/" }
        do throws(KernelError) {
            let file = try setup.root.open(path, [.readOnly, .nonblocking])
            guard try file.descriptor.status().type == .regular else { return "/" }
            let bytes = try file.descriptor.readToEnd(limit: 1 << 20, subject: path.string)
            return PasswdFile(bytes).home(ofUID: setup.plan.process.uid) ?? "/"
        } catch {
            return "/"
        }
    }

    /// The last step: the socket closes with the execve, and that is how the parent learns of it.
    static func execute(_ setup: inout Setup) throws(InitFailure) {
        let error = LinuxKernel.execute(
            setup.program, arguments: setup.plan.process.arguments, environment: setup.environment)
        throw InitFailure(step: .execute, call: error.call, errno: error.errno, subject: error.subject)
    }
}
