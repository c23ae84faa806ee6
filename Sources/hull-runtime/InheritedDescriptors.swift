import CommandSupport
import ContainerRuntime
import LinuxKernel

/// What the caller left open for us, set in order before anything else is opened.
struct InheritedDescriptors {
    /// Descriptors 3 … 3+N−1 that the container's program gets: those of a socket activation, then those of `--preserve-fds`.
    let preserved: UInt32
    /// How many of them came from a socket activation.
    let activated: UInt32

    /// Checks that what shall be passed on is there, and lets nothing else survive an exec.
    ///
    /// Order: before the log or any other file is opened, which would stand in for a descriptor that is missing.
    init(_ command: Command) throws(RuntimeError) {
        let asked = command.preservedDescriptors
        let activated = try Self.activated(for: command)
        let (total, isTooMany) = asked.addingReportingOverflow(activated)
        guard !isTooMany, total < UInt32(Int32.max) - 3 else {
            throw RuntimeError(.invalid, "--preserve-fds \(asked): there are never so many descriptors")
        }
        let end = 3 + Int32(total)
        for number in 3..<end where !FileDescriptor(number).isOpen {
            let source = number < 3 + Int32(activated) ? "LISTEN_FDS=\(activated)" : "--preserve-fds \(asked)"
            throw RuntimeError(.invalid, "\(source): descriptor \(number) is not open")
        }
        do throws(KernelError) { try FileDescriptor.markCloseOnExec(from: end) } catch {
            throw RuntimeError(error, "cannot keep descriptors from the container")
        }
        preserved = total
        self.activated = activated
    }

    /// `sd_listen_fds(3)`: descriptors for a container that is made. Callers pass them through shells and shims, so that `LISTEN_PID` need not
    /// be ours: as with runc it is not asked for.
    private static func activated(for command: Command) throws(RuntimeError) -> UInt32 {
        switch command {
        case .create, .run: break
        default: return 0
        }
        guard let text = environmentValue("LISTEN_FDS") else { return 0 }
        guard let count = UInt32(text) else { throw RuntimeError(.invalid, "LISTEN_FDS '\(text)' is no number") }
        return count
    }
}
