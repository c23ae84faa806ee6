// Where the cgroups of a container are: docs/cgroups.md, "Places".

extension Plan {
    /// The places alone, without any setting.
    init(layout: Layout, cgroupsPath: String?, id: String) throws(CgroupError) {
        guard layout.kind != nil else { throw .noHierarchy }
        let given = try cgroupsPath.flatMap { text throws(CgroupError) in try Self.parse(text) }
        let name = try Self.place { () throws(CgroupPath.Flaw) in try CgroupPath(id) }
        func path(in hierarchy: Hierarchy) -> CgroupPath {
            if let given { return given }
            return layout.kind == .v2 ? Self.placeOnV2(hierarchy).appending(name) : hierarchy.own.appending(name)
        }
        unified = layout.unified.map { Group(hierarchy: $0, path: path(in: $0)) }
        legacy = layout.legacy.map { Group(hierarchy: $0, path: path(in: $0)) }
    }

    /// `/hull` where the caller may make it, else the cgroup above the caller's own: that one may hold processes, and a cgroup with processes
    /// gives no controllers to those below.
    private static func placeOnV2(_ hierarchy: Hierarchy) -> CgroupPath {
        guard hierarchy.isWritable else { return hierarchy.own.parent }
        do throws(CgroupPath.Flaw) { return try CgroupPath("hull") } catch { return .root }
    }

    /// `linux.cgroupsPath`: nil for an empty one. A relative path counts from the mount, so that one value is always one place.
    private static func parse(_ text: String) throws(CgroupError) -> CgroupPath? {
        if text.isEmpty { return nil }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 3, !text.hasPrefix("/") {
            throw .refused(
                pointer: pointer, reason: "'\(text)' is a path for systemd, and the systemd cgroup driver is not supported yet")
        }
        let path = try place { () throws(CgroupPath.Flaw) in try CgroupPath(text) }
        if path.isRoot { throw .refused(pointer: pointer, reason: "'\(text)' is the root of the cgroups, not one below it") }
        return path
    }

    private static let pointer = "/linux/cgroupsPath"

    private static func place(_ make: () throws(CgroupPath.Flaw) -> CgroupPath) throws(CgroupError) -> CgroupPath {
        do throws(CgroupPath.Flaw) { return try make() } catch { throw .refused(pointer: pointer, reason: error.description) }
    }
}
