internal import LinuxKernel

/// What is in a directory of the host, sorted; nothing where there is no such directory, or it cannot be read. Never through a link at the end.
func directoryNames(_ path: String) -> [String] {
    do throws(KernelError) {
        let directory = try FileDescriptor.workingDirectory.open(path, [.readOnly, .directory, .noFollow])
        return try directory.descriptor.directoryEntries().sorted()
    } catch { return [] }
}
