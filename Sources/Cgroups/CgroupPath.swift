/// The place of a cgroup below the mount of its hierarchy. Its names are proved: no `..`, no slash, no control character.
public struct CgroupPath: Hashable, Sendable, CustomStringConvertible {
    /// Outermost first; empty is the cgroup at the mount itself.
    public let names: [String]

    public static let root = CgroupPath(unchecked: [])

    /// Why a text names no cgroup.
    public struct Flaw: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// From a path with or without a slash in front; empty names and `.` are left out.
    public init(_ text: String) throws(Flaw) {
        var names: [String] = []
        // By bytes, as the kernel splits: to Swift a slash and a combining mark behind it are one character.
        for part in text.utf8.split(separator: UInt8(ascii: "/")).map({ Substring($0) }) where part != "." {
            if part == ".." { throw Flaw(description: "'..' leaves the cgroup tree") }
            // A newline would forge lines of /proc/PID/cgroup, and the kernel refuses it too.
            if part.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) {
                throw Flaw(description: "a control character in a name of a cgroup")
            }
            if part.utf8.count > 255 { throw Flaw(description: "a name of more than 255 bytes") }
            names.append(String(part))
        }
        self.names = names
    }

    private init(unchecked names: [String]) { self.names = names }

    /// Empty for the root, else with a slash in front: what is put behind a mount point.
    public var string: String {
        var string = ""
        for name in names {
            string += "/"
            string += name
        }
        return string
    }

    public var description: String { names.isEmpty ? "/" : string }

    public var isRoot: Bool { names.isEmpty }

    /// The path of the cgroup above; the root's is the root.
    public var parent: CgroupPath { CgroupPath(unchecked: Array(names.dropLast())) }

    /// The first names only.
    func prefix(_ count: Int) -> CgroupPath { CgroupPath(unchecked: Array(names.prefix(count))) }

    /// This path with another behind it.
    public func appending(_ path: CgroupPath) -> CgroupPath { CgroupPath(unchecked: names + path.names) }
}
