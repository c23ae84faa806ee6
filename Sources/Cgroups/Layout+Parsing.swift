// The two texts of procfs that describe cgroups, cgroups(7) and proc_pid_mountinfo(5), as values.

/// One line of `/proc/self/cgroup`, `ID:CONTROLLERS:PATH`.
public struct Membership: Hashable, Sendable {
    /// Empty for v2.
    public let controllers: [Controller]
    /// As written; begins with `/..` where it lies outside of the cgroup namespace.
    public let path: String

    public var isUnified: Bool { controllers.isEmpty }

    public init(controllers: [Controller], path: String) {
        self.controllers = controllers
        self.path = path
    }

    /// All lines of the file; a line of another shape is left out.
    public static func parse(_ text: String) -> [Membership] {
        text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return nil }
            let names = fields[1].split(separator: ",").map { Controller(rawValue: String($0)) }
            return Membership(controllers: names, path: String(fields[2]))
        }
    }

    /// Where this membership is below a mount whose own root is `mountRoot`; nil where the mount does not reach it.
    func path(belowMountRoot mountRoot: String) -> CgroupPath? {
        guard !path.hasPrefix("/..") else { return nil }
        var rest = path[...]
        if mountRoot != "/" {
            guard path == mountRoot || path.hasPrefix(mountRoot + "/") else { return nil }
            rest = path.dropFirst(mountRoot.count)
        }
        do throws(CgroupPath.Flaw) { return try CgroupPath(String(rest)) } catch { return nil }
    }
}

/// One mount of cgroups from `/proc/self/mountinfo`.
public struct CgroupMount: Hashable, Sendable {
    public let version: Hierarchy.Version
    /// v1: controllers and names among the super block's options.
    public let options: [Controller]
    /// Which directory of the tree is mounted.
    public let root: String
    public let mountPoint: String

    /// All mounts of cgroups in the file. Where several cover one mount point the last is what is seen.
    public static func parse(_ text: String) -> [CgroupMount] {
        text.split(separator: "\n").compactMap(parseLine)
    }

    /// `ID PARENT MAJ:MIN ROOT MOUNTPOINT OPTIONS [FIELDS…] - TYPE SOURCE SUPEROPTIONS`
    private static func parseLine(_ line: Substring) -> CgroupMount? {
        let fields = line.split(separator: " ", omittingEmptySubsequences: false)
        guard fields.count >= 10, let dash = fields[6...].firstIndex(of: "-"), fields.count >= dash + 4 else { return nil }
        let type = fields[dash + 1]
        guard type == "cgroup" || type == "cgroup2" else { return nil }
        return CgroupMount(
            version: type == "cgroup2" ? .v2 : .v1,
            options: fields[dash + 3].split(separator: ",").map { Controller(rawValue: String($0)) },
            root: unescape(fields[3]), mountPoint: unescape(fields[4]))
    }

    /// Takes back `\040` and the like: three octal digits.
    private static func unescape(_ field: Substring) -> String {
        let bytes = Array(field.utf8)
        var plain: [UInt8] = []
        var at = 0
        while at < bytes.count {
            let digits = bytes[(at + 1)...].prefix(3)
            if bytes[at] == UInt8(ascii: "\\"), digits.count == 3, digits.allSatisfy({ (0x30...0x37).contains($0) }) {
                plain.append(UInt8(truncatingIfNeeded: digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }))
                at += 4
            } else {
                plain.append(bytes[at])
                at += 1
            }
        }
        return String(decoding: plain, as: UTF8.self)
    }
}

extension Layout {
    /// From the two texts alone. `unifiedControllers` is `cgroup.controllers` at the mount of the v2 tree; `isWritable` says of a mount point
    /// whether the caller may make cgroups there.
    public init(
        memberships: [Membership], mounts: [CgroupMount], unifiedControllers: [Controller],
        isWritable: (String) -> Bool = { _ in true }
    ) {
        var unified: Hierarchy?
        var legacy: [Hierarchy] = []
        for membership in memberships {
            let candidates = mounts.filter { mount in
                membership.isUnified
                    ? mount.version == .v2 : mount.version == .v1 && membership.controllers.allSatisfy(mount.options.contains)
            }
            // A mount that reaches the caller's own cgroup is better than one that does not, /sys/fs/cgroup better than others.
            let reaching = candidates.filter { membership.path(belowMountRoot: $0.root) != nil }
            let usual = reaching.last { $0.mountPoint.hasPrefix(Self.usualMountPoint) }
            guard let mount = usual ?? reaching.last ?? candidates.last else { continue }
            let hierarchy = Hierarchy(
                version: mount.version, controllers: membership.isUnified ? unifiedControllers : membership.controllers,
                mountPoint: mount.mountPoint, own: membership.path(belowMountRoot: mount.root) ?? .root,
                isWritable: isWritable(mount.mountPoint))
            if membership.isUnified { unified = hierarchy } else { legacy.append(hierarchy) }
        }
        self.init(unified: unified, legacy: legacy)
    }

    static let usualMountPoint = "/sys/fs/cgroup"
}
