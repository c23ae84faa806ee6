import LinuxKernel
public import LinuxTypes
import StrictTree

/// How plugins of CNI are found and run.
public struct PluginPlace: Hashable, Sendable {
    /// Searched in order, as `CNI_PATH`.
    public var directories: [HostPath]
    /// `KEY=VALUE`, what plugins see of the caller's environment.
    public var environment: [String]
    /// For one plugin; then it is killed, with all that it has started.
    public var timeoutMilliseconds: Int

    public init(directories: [HostPath], environment: [String], timeoutMilliseconds: Int = 60_000) {
        self.directories = directories
        self.environment = environment
        self.timeoutMilliseconds = timeoutMilliseconds
    }
}

/// One run of one plugin.
struct PluginProgram {
    enum Verb: String {
        case add = "ADD"
        case check = "CHECK"
        case delete = "DEL"
        case collectGarbage = "GC"
        case status = "STATUS"
    }

    let place: PluginPlace
    let type: String
    let verb: Verb
    /// Of a container: CNI_CONTAINERID and so on, as `KEY=VALUE`.
    let variables: [String]

    /// Bytes of a plugin's answer at most.
    static let outputLimit = 1 << 20

    /// Runs it and returns what it wrote to stdout. An error of the plugin's is thrown with its name, its code and its words.
    func run(_ input: [UInt8]) throws(NetworkError) -> [UInt8] {
        let path = try find()
        let directories = place.directories.map(\.string).joined(by: ":")
        let own = ["CNI_COMMAND=\(verb.rawValue)", "CNI_PATH=\(directories)"] + variables
        let program = Subprocess(
            path: path, arguments: [path], environment: place.environment.filter { !$0.hasPrefix("CNI_") } + own, input: input,
            timeoutMilliseconds: place.timeoutMilliseconds)
        let (outcome, output) = try during(subject) { () throws(KernelError) in
            // A file and no pipe: nobody has to read while it runs, and what a plugin writes without end fails there.
            let answer = try FileDescriptor.boundedInMemory(name: "cni", limit: Int64(Self.outputLimit))
            let descriptor = answer.descriptor
            let outcome = try program.run { () throws(KernelError) in try descriptor.duplicate(onto: .standardOutput) }
            let count = try descriptor.position()
            try descriptor.rewind()
            return (outcome, try descriptor.readToEnd(limit: Self.outputLimit).prefix(count))
        }
        guard outcome.status == .exited(code: 0) else { throw failure(outcome, Array(output)) }
        return Array(output)
    }

    private func find() throws(NetworkError) -> String {
        for directory in place.directories {
            let path = directory.appending(type).string
            if executionObstacle(path) == nil { return path }
        }
        throw NetworkError(
            .refused, "the CNI plugin '\(type)' is not in \(place.directories.map { "'\($0)'" }.joined(by: ", "))",
            hint: "install it, as with apt-get install containernetworking-plugins")
    }

    private var subject: String { "the CNI plugin '\(type)' (\(verb.rawValue))" }

    /// The plugin's own error where it wrote one; else how it ended, and the last of what it wrote to stderr.
    private func failure(_ outcome: Subprocess.Outcome, _ output: [UInt8]) -> NetworkError {
        switch outcome.status {
        case nil: return NetworkError(.failed, "\(subject) took longer than \(place.timeoutMilliseconds) ms and was killed")
        case .signaled(let signal, _): return NetworkError(.failed, "\(subject) was killed by \(signal.name)\(said(outcome))")
        case .exited(let code):
            if let error = pluginError(output) { return error }
            return NetworkError(.failed, "\(subject) ended with \(code) and without an error\(said(outcome))")
        }
    }

    private func said(_ outcome: Subprocess.Outcome) -> String {
        outcome.output.isEmpty ? "" : ": " + printable(Array(outcome.output.utf8))
    }

    private func pluginError(_ output: [UInt8]) -> NetworkError? {
        let read = { () throws(TreeError) -> NetworkError in
            var fields = try Fields(Document(json: output).root)
            let code: Int64 = try fields.required("code").integer
            let message = printable(Array(try fields.string("msg")?.utf8 ?? "".utf8))
            let details = printable(Array(try fields.string("details")?.utf8 ?? "".utf8))
            let text = "\(subject): \(message)" + (details.isEmpty ? "" : ": \(details)") + " (code \(code))"
            // 11: try again later.
            return NetworkError(code == 11 ? .busy : .failed, text)
        }
        do throws(TreeError) { return try read() } catch {
            // It is no error of CNI's: the caller says how the plugin ended.
            return nil
        }
    }
}
