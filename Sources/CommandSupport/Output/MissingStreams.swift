public import LinuxKernel

/// Standard streams that the caller closed.
public enum MissingStreams {
    /// Opens `/dev/null` for each of stdin, stdout and stderr that is closed: what we open next would be taken for it.
    public static func open() -> KernelError? {
        for number in FileDescriptor.standardInput.number...FileDescriptor.standardError.number {
            if FileDescriptor(number).isOpen { continue }
            do throws(KernelError) {
                // The lowest free number is this one: those below are open.
                let null = try FileDescriptor.workingDirectory.open("/dev/null", .readWrite).release()
                try null.setCloseOnExec(false)
            } catch { return error }
        }
        return nil
    }
}
