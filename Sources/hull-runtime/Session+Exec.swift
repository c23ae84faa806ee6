import ContainerRuntime

extension Session {
    /// `exec`: runs one more program in a container; its exit code where it runs in the foreground.
    func exec(_ request: ExecRequest) throws(RuntimeError) -> Int32 { try runtime.exec(request) }
}
