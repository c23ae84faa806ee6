/// What will be done to the cgroups of one container, before anything is done: a value that can be printed, compared and tested.
public struct Plan: Equatable, Sendable {
    /// One cgroup in one hierarchy.
    public struct Group: Equatable, Sendable {
        public let hierarchy: Hierarchy
        public let path: CgroupPath
        /// In this order.
        public internal(set) var writes: [Write] = []
        /// v2: controllers without which a write would fail; an error where they cannot be had.
        public internal(set) var required: [Controller] = []
        /// v2: controllers that are enabled if possible, for figures and the report of kills for want of memory.
        public internal(set) var wanted: [Controller] = []
        /// The host's path of it.
        public let directory: String

        init(hierarchy: Hierarchy, path: CgroupPath) {
            self.hierarchy = hierarchy
            self.path = path
            directory = hierarchy.directory(of: path)
        }
    }

    /// One text to one file of a cgroup, by one `write(2)`.
    public struct Write: Equatable, Sendable {
        public let file: String
        public let value: String
        /// The JSON pointer of the field that asked for it; empty where none did.
        public let pointer: String
        public let ifMissing: IfMissing

        public init(_ file: String, _ value: String, pointer: String, ifMissing: IfMissing = .fail) {
            self.file = file
            self.value = value
            self.pointer = pointer
            self.ifMissing = ifMissing
        }
    }

    /// What to do where the kernel has no such file.
    public enum IfMissing: Equatable, Sendable {
        case fail
        /// What was asked for holds anyway.
        case ignore
        /// Another file and value that mean the same.
        case write(file: String, value: String)
    }

    /// nil where the host has no v2 tree.
    public internal(set) var unified: Group?
    public internal(set) var legacy: [Group]
    /// v2: the rules for devices as a program for the v2 cgroup; nil where v1 has the controller, or everything is allowed.
    public internal(set) var deviceProgram: DeviceProgram?
    /// What was asked for and has no meaning on this host without weakening anything, each with its JSON pointer.
    public internal(set) var warnings: [String] = []

    /// Whether what the kernel allocates for a process counts against the container's memory from its birth in the v2 cgroup on.
    public var chargesMemoryAtBirth: Bool { unified?.hierarchy.controllers.contains(.memory) == true }

    var groups: [Group] { (unified.map { [$0] } ?? []) + legacy }
}

extension Plan: CustomStringConvertible {
    public var description: String {
        var lines: [String] = []
        for group in groups {
            lines.append("mkdir \(group.directory)")
            let enabled = group.required.map { "+\($0)" } + group.wanted.map { "(+\($0))" }
            if !enabled.isEmpty { lines.append("  enable \(enabled.joined(separator: " "))") }
            for write in group.writes {
                lines.append("  \(write.file) = \(write.value)" + (write.pointer.isEmpty ? "" : "  [\(write.pointer)]"))
            }
        }
        if let deviceProgram { lines.append("devices by a program of \(deviceProgram.instructions.count) instructions") }
        return (lines + warnings.map { "warning: \($0)" }).joined(separator: "\n")
    }
}
