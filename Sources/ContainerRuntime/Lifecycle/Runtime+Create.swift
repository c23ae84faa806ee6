import Cgroups
import InitProtocol
import LinuxKernel
import LinuxTypes
import SeccompFilter

extension Runtime {
    /// Makes a container whose program has not run: its init waits to be started.
    public func create(_ request: CreateRequest) throws(RuntimeError) {
        var maker = try Maker(self, request, waitsForStart: true, keepsTerminal: false)
        let launch = try maker.make()
        do throws(RuntimeError) {
            try Self.handOver(launch, request)
        } catch {
            throw try delete(maker, after: error)
        }
    }

    /// The pid file and the pidfd, before the verb returns.
    static func handOver(_ launch: borrowing Launch, _ request: CreateRequest) throws(RuntimeError) {
        if let path = request.pidfdSocket {
            try Handover.send(launch.pidfd.descriptor, saying: "pidfd", to: path, what: "pidfd")
        }
        if let path = request.pidFile { try Handover.writePIDFile(launch.pid, to: path) }
    }

    private func delete(_ maker: consuming Maker, after error: RuntimeError) throws(RuntimeError) -> RuntimeError {
        let id = maker.request.id
        try maker.container.unlock()
        do throws(RuntimeError) {
            try delete(id, force: true)
            return error
        } catch let cleanup {
            return error.addingCleanup("\(cleanup)")
        }
    }

    /// The compiled filter, from the cache below the root where it has it.
    func filter(for profile: Profile) throws(RuntimeError) -> FilterProgram {
        do throws(SeccompError) {
            let cache = FilterCache(directory: root.appending("seccomp"))
            let answer = try cache.filter(for: profile) { profile throws(SeccompError) in try compileInChild(profile) }
            if let warning = answer.warning { warn(warning) }
            // Said once, by who compiled it.
            for name in answer.isFromCache ? [] : answer.filter.skipped {
                warn("/linux/seccomp: no system call '\(name)' on this machine, skipped")
            }
            let program = answer.filter.program
            return FilterProgram(instructions: program.instructions, flags: program.flags)
        } catch { throw RuntimeError(error) }
    }

    /// Clears away what a killed maker has left under an id, or throws `exists`.
    func takeOver(_ left: ContainerRecord, _ id: String, bootID: String) throws(RuntimeError) {
        guard left.phase == .creating, let owner = left.owner else { throw Self.exists(id) }
        let ownerLives = try during("cannot look at process \(owner.pid)") { () throws(KernelError) in
            try owner.isAlive(currentBootID: bootID)
        }
        if ownerLives { throw Self.exists(id) }
        try clear(left, bootID: bootID)
    }

    private static func exists(_ id: String) -> RuntimeError {
        RuntimeError(.exists, "container '\(id)': container with given ID already exists")
    }
}
