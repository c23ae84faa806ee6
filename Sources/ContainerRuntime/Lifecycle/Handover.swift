import LinuxKernel
import LinuxTypes

/// What a caller gets beside an exit code: a terminal, a pidfd, a pid file.
enum Handover {
    /// Sends a descriptor with a few bytes to whoever listens on a unix socket.
    static func send(_ descriptor: FileDescriptor, saying text: String, to path: String, what: String) throws(RuntimeError) {
        try during("cannot hand the \(what) to '\(path)'") { () throws(KernelError) in
            // A socket's address holds 107 bytes: longer paths are reached through their directory.
            let slash = path.lastIndex(of: "/")
            let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
            let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
            let handle = try FileDescriptor.workingDirectory.open(directory, [.pathOnly, .directory])
            let socket = try handle.descriptor.connect(name: name)
            try socket.descriptor.send(Array(text.utf8), descriptors: [descriptor], subject: path)
        }
    }

    /// Passes the master of a terminal, which came with a message of the init, on to the console socket; returns it where there is none.
    static func passTerminal(
        _ descriptors: consuming DescriptorList, to consoleSocket: String?
    ) throws(RuntimeError) -> OwnedDescriptor? {
        guard descriptors.count == 1 else { throw RuntimeError(.failed, "hull-init sent no terminal") }
        let master = descriptors[0]
        if let consoleSocket {
            try send(master, saying: "/dev/ptmx", to: consoleSocket, what: "terminal")
            return nil
        }
        return try during("cannot keep the terminal") { () throws(KernelError) in try master.duplicate() }
    }

    /// Writes the pid, whole or not at all: to a file beside it, then renamed.
    static func writePIDFile(_ pid: Int32, to path: String) throws(RuntimeError) {
        try during("cannot write the pid file '\(path)'") { () throws(KernelError) in
            let slash = path.lastIndex(of: "/")
            let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
            let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
            let handle = try FileDescriptor.workingDirectory.open(directory, [.pathOnly, .directory])
            let temporary = ".\(name).\(currentPID())"
            do throws(KernelError) {
                let file = try handle.descriptor.open(
                    temporary, [.writeOnly, .create, .exclusive, .noFollow], permissions: 0o644)
                try file.descriptor.writeAll("\(pid)".utf8, subject: path)
                try handle.descriptor.rename(temporary, to: name)
            } catch {
                let failure = error
                do throws(KernelError) { try handle.descriptor.unlink(temporary) } catch { throw failure }
                throw failure
            }
        }
    }
}
