import InitProtocol
import LinuxTypes
import OCISpec

extension BirthPlan {
    /// Which namespaces are made where: by the clone, by a first stage, by the init itself; and which are joined, in which order. The table of
    /// all cases is in docs/init-sequence.md.
    mutating func planNamespaces(_ linux: Linux) throws(RuntimeError) {
        var created: [NamespaceKind] = []
        for (index, namespace) in linux.namespaces.enumerated() {
            let origin = "/linux/namespaces/\(index)"
            if let path = namespace.path {
                guard let host = HostPath(path), host.isAbsolute else {
                    throw .refused(origin + "/path", "'\(path)' is not an absolute path")
                }
                joins.append(PlannedJoin(kind: namespace.type, path: host, origin: origin))
            } else if namespace.type == .cgroup {
                createsCgroupNamespace = true
            } else {
                created.append(namespace.type)
            }
        }
        bringsLoopbackUp = created.contains(.network)
        try planUserMaps(linux, created)
        let offsets = try Self.clockOffsets(linux, created)
        let joinsUser = joins.contains { $0.kind == .user }
        let joinsBesidePID = joins.contains { $0.kind != .pid }
        if joinsUser || !offsets.isEmpty || (created.contains(.user) && joinsBesidePID) {
            firstStage = FirstStage(created: created, clockOffsets: offsets, waitsForUserMaps: created.contains(.user))
        } else {
            clonedNamespaces = created
            if let index = joins.firstIndex(where: { $0.kind == .pid }) {
                joinedPIDNamespace = joins.remove(at: index).path
            }
        }
    }

    private mutating func planUserMaps(_ linux: Linux, _ created: [NamespaceKind]) throws(RuntimeError) {
        let hasMaps = !linux.uidMappings.isEmpty || !linux.gidMappings.isEmpty
        guard created.contains(.user) else {
            // With a namespace that is joined the mappings only describe it.
            if hasMaps, linux.namespace(.user) == nil { throw .refused("/linux/uidMappings", "needs a user namespace") }
            return
        }
        guard !linux.uidMappings.isEmpty else {
            throw .refused("/linux/uidMappings", "is empty, and a new user namespace needs it")
        }
        guard !linux.gidMappings.isEmpty else {
            throw .refused("/linux/gidMappings", "is empty, and a new user namespace needs it")
        }
        userMaps = UserMaps(
            uids: try Self.map(linux.uidMappings, "/linux/uidMappings"),
            gids: try Self.map(linux.gidMappings, "/linux/gidMappings"))
    }

    static func map(_ mappings: [IDMapping], _ pointer: String) throws(RuntimeError) -> [UserMaps.Entry] {
        guard mappings.count <= 340 else { throw .refused(pointer, "has \(mappings.count) lines, the kernel takes 340") }
        var entries: [UserMaps.Entry] = []
        for (index, mapping) in mappings.enumerated() {
            guard mapping.size > 0 else { throw .refused("\(pointer)/\(index)/size", "is 0") }
            let entry = UserMaps.Entry(inside: mapping.containerID, outside: mapping.hostID, count: mapping.size)
            if let other = entries.firstIndex(where: { overlap($0, entry) }) {
                throw .refused("\(pointer)/\(index)", "overlaps with \(pointer)/\(other)")
            }
            entries.append(entry)
        }
        return entries
    }

    private static func overlap(_ one: UserMaps.Entry, _ other: UserMaps.Entry) -> Bool {
        func meet(_ a: UInt32, _ aCount: UInt32, _ b: UInt32, _ bCount: UInt32) -> Bool {
            UInt64(a) < UInt64(b) + UInt64(bCount) && UInt64(b) < UInt64(a) + UInt64(aCount)
        }
        return meet(one.inside, one.count, other.inside, other.count) || meet(one.outside, one.count, other.outside, other.count)
    }

    private static func clockOffsets(_ linux: Linux, _ created: [NamespaceKind]) throws(RuntimeError) -> [ClockOffset] {
        guard let offsets = linux.timeOffsets else { return [] }
        guard created.contains(.time) else { throw .refused("/linux/timeOffsets", "needs a new time namespace") }
        var list: [ClockOffset] = []
        if let offset = offsets.monotonic {
            list.append(ClockOffset(clock: "monotonic", seconds: offset.secs, nanoseconds: offset.nanosecs))
        }
        if let offset = offsets.boottime {
            list.append(ClockOffset(clock: "boottime", seconds: offset.secs, nanoseconds: offset.nanosecs))
        }
        return list
    }
}
