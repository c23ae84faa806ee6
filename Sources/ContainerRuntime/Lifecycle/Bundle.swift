import LinuxKernel
import LinuxTypes
import OCISpec
import StrictTree

/// A bundle: a directory with a configuration, read once. What happens to the file afterwards does not count.
struct Bundle {
    let path: HostPath
    let configuration: Configuration
    let bytes: [UInt8]
    let warnings: [String]

    /// Reads `config.json` of the directory, or the file given instead, which counts from the bundle; or takes the configuration that is given.
    init(_ request: CreateRequest) throws(RuntimeError) {
        path = try Self.absolute(request.bundle)
        if let given = request.configuration {
            configuration = given
            bytes = (request.recordedConfiguration ?? given).json()
            warnings = []
            return
        }
        let name = request.configurationFile ?? "config.json"
        bytes = try Self.read(name, in: path)
        do throws(TreeError) {
            let decoded = try Decoded(Configuration.self, from: Document(json: bytes).root)
            configuration = decoded.value
            warnings = decoded.warnings.list.map { "\(name): \($0)" }
        } catch {
            throw RuntimeError(error, file: name)
        }
    }

    private static func read(_ name: String, in path: HostPath) throws(RuntimeError) -> [UInt8] {
        guard let file = Planner.resolve(name, in: path) else {
            throw RuntimeError(.invalid, "the name of the configuration is empty")
        }
        do throws(KernelError) { return try readFile(file.string, limit: 16 << 20) } catch {
            throw RuntimeError(error, "cannot read the configuration")
        }
    }

    /// The directory's path without links, so that it means the same after the caller has gone elsewhere.
    private static func absolute(_ directory: HostPath) throws(RuntimeError) -> HostPath {
        try during("cannot open the bundle") { () throws(KernelError) in
            let handle = try FileDescriptor.workingDirectory.open(directory.string, [.pathOnly, .directory])
            let path = try FileDescriptor.workingDirectory.readLink("/proc/self/fd/\(handle.number)")
            guard let absolute = HostPath(path), absolute.isAbsolute else {
                throw KernelError(call: "readlinkat", errno: .ENOENT, subject: directory.string)
            }
            return absolute
        }
    }
}
