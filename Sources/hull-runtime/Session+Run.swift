import ContainerRuntime

extension Session {
    /// `run`: makes a container and runs its program; its exit code where it runs in the foreground.
    func run(_ request: CreateRequest, _ options: RunOptions) throws(RuntimeError) -> Int32 {
        var request = request
        request.options.preservedDescriptors = inherited.preserved
        request.options.listenDescriptors = inherited.activated
        return try runtime.run(request, options)
    }
}
