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

    /// Reads `config.json` of the directory, or the file given instead, which counts from the bundle.
    init(directory: HostPath, configurationFile: String?) throws(RuntimeError) {
        path = try Self.absolute(directory)
        let name = configurationFile ?? "config.json"
        guard let file = Planner.resolve(name, in: path) else {
            throw RuntimeError(.invalid, "the name of the configuration is empty")
        }
        do throws(KernelError) {
            bytes = try readFile(file.string, limit: 16 << 20)
        } catch {
            throw RuntimeError(error, "cannot read the configuration")
        }
        do throws(TreeError) {
            let decoded = try Decoded(Configuration.self, from: Document(json: bytes).root)
            configuration = decoded.value
            warnings = decoded.warnings.list.map { "\(name): \($0)" }
        } catch {
            throw RuntimeError(error, file: name)
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
