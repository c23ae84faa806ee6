public import StrictTree

/// One program to run at a point of a container's life.
public struct Hook: SpecValue {
    /// Absolute.
    public var path: String
    /// argv with `argv[0]`; empty means the path alone.
    public var args: [String]
    /// The whole environment: nothing is inherited.
    public var env: [String]
    /// Seconds, at least 1; nil waits for ever.
    public var timeout: Int64?

    public init(path: String, args: [String] = [], env: [String] = [], timeout: Int64? = nil) {
        self.path = path
        self.args = args
        self.env = env
        self.timeout = timeout
    }
}

extension Hook {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        guard let path = try fields.absolutePath("path") else { throw value.failure("'path' is missing") }
        self.path = path
        args = try fields.strings("args")
        env = try fields.environment("env")
        timeout = try fields.optional("timeout")?.integer(in: 1...Int64.max)
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("path", path)
        json.list("args", args)
        json.list("env", env)
        json.member("timeout", timeout)
    }
}
