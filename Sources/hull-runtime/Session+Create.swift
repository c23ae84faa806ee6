import ContainerRuntime

extension Session {
    /// `create`: makes a container whose program waits for `start`.
    func create(_ request: CreateRequest) throws(RuntimeError) -> Int32 {
        var request = request
        request.options.preservedDescriptors = inherited.preserved
        request.options.listenDescriptors = inherited.activated
        try runtime.create(request)
        return 0
    }
}
