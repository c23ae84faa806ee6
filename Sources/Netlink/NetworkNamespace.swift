public import LinuxKernel
import LinuxTypes

/// Runs `body` in another network namespace and comes back. The calling thread alone moves. Where there is no way back the process is no use any more,
/// which the error says.
public func inNetworkNamespace<Result: ~Copyable>(
    _ namespace: FileDescriptor, _ body: () throws(KernelError) -> Result
) throws(KernelError) -> Result {
    let home = try NamespaceHandle(path: "/proc/thread-self/ns/net", kind: .network)
    try namespace.enterNamespace(.network)
    do throws(KernelError) {
        let result = try body()
        try home.descriptor.enterNamespace(.network)
        return result
    } catch {
        try home.descriptor.enterNamespace(.network)
        throw error
    }
}
