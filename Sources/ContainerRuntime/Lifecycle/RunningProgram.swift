public import LinuxKernel

/// A program in a container, in the hands of who waits for its end.
public struct RunningProgram: ~Copyable {
    public let pid: Int32
    private let pidfd: OwnedDescriptor
    private let terminal: OwnedDescriptor?

    init(pid: Int32, pidfd: consuming OwnedDescriptor, terminal: consuming OwnedDescriptor?) {
        self.pid = pid
        self.pidfd = pidfd
        self.terminal = terminal
    }

    /// The pidfd, and behind it the master of the terminal where nobody else got it.
    public consuming func takeHandles() -> DescriptorList {
        var handles = DescriptorList()
        handles.append(pidfd)
        switch consume terminal {
        case .some(let terminal): handles.append(terminal)
        case .none: break
        }
        return handles
    }
}
