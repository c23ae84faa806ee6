public import LinuxKernel
internal import LinuxTypes

/// What went wrong with a cgroup.
public enum CgroupError: Error, Hashable, Sendable {
    /// The configuration asks for what cannot be; `pointer` is the JSON pointer of the field.
    case refused(pointer: String, reason: String)
    /// The kernel refused a setting. `pointer` is empty where no field asked for it.
    case setting(file: String, value: String, pointer: String, cause: KernelError)
    /// A system call on a cgroup failed.
    case kernel(KernelError, doing: String)
    /// The cgroup existed and may not be used.
    case unusable(directory: String, reason: String)
    /// The kernel did not let go in time.
    case left(directories: [String], processes: [Int32])
    /// No hierarchy of cgroups is mounted.
    case noHierarchy
}

extension CgroupError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .refused(let pointer, let reason):
            return "\(pointer): \(reason)"
        case .setting(let file, let value, let pointer, let cause):
            let source = pointer.isEmpty ? "" : "\(pointer): "
            return "\(source)write '\(value)' to '\(file)': \(Self.reason(of: cause, for: file))"
        case .kernel(let error, let doing):
            return "\(doing): \(error)"
        case .unusable(let directory, let reason):
            return "\(reason): '\(directory)'"
        case .left(let directories, let processes):
            let pids = processes.isEmpty ? "" : " with processes " + processes.map(String.init).joined(separator: " ")
            return "cgroup still busy: " + directories.map { "'\($0)'" }.joined(separator: ", ") + pids
        case .noHierarchy:
            return "no cgroup hierarchy is mounted on this host"
        }
    }

    /// The kernel's few words, with what they mean for files of cgroups.
    private static func reason(of error: KernelError, for file: String) -> String {
        if error.errno == .ENOENT, error.call == "open" { return "this kernel has no such file" }
        if error.errno == .EBUSY, file.hasSuffix("cgroup.subtree_control") {
            return "the cgroup has processes of its own, so it cannot give controllers to cgroups below it"
        }
        return error.errno.description
    }
}
