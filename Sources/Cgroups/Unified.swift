internal import OCISpec

extension PlanBuilder {
    /// `linux.resources.unified`: files of cgroup v2 by name, each written as it is.
    mutating func addUnified(_ files: OrderedMap<String>) throws(CgroupError) {
        for entry in files {
            let pointer = Self.pointer("unified/" + entry.key.jsonPointerToken)
            guard let unified = plan.unified else {
                throw .refused(pointer: pointer, reason: "this host has no cgroup v2")
            }
            let controller = try Self.controller(of: entry.key, pointer: pointer)
            if let controller {
                guard unified.hierarchy.controllers.contains(controller) else {
                    let reason = "cgroup v2 has no controller '\(controller)' on this host"
                    throw .refused(pointer: pointer, reason: reason)
                }
                require(controller)
            }
            plan.unified?.writes.append(.init(entry.key, entry.value, pointer: pointer))
        }
    }

    /// The controller before the first dot; nil for the files that every cgroup has. What would undo the container's own cgroup is refused.
    private static func controller(of file: String, pointer: String) throws(CgroupError) -> Controller? {
        let isPlain = file.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "/") }
        guard isPlain, let dot = file.firstIndex(of: "."), dot != file.startIndex, file.index(after: dot) != file.endIndex else {
            throw .refused(pointer: pointer, reason: "'\(file)' is no name of a cgroup file")
        }
        let name = String(file[..<dot])
        guard name == "cgroup" else { return Controller(rawValue: name) }
        guard ["cgroup.max.depth", "cgroup.max.descendants", "cgroup.pressure"].contains(file) else {
            throw .refused(pointer: pointer, reason: "'\(file)' is the runtime's own")
        }
        return nil
    }
}

extension String {
    /// As one token of a JSON pointer, RFC 6901.
    var jsonPointerToken: String {
        reduce(into: "") { token, character in
            switch character {
            case "~": token += "~0"
            case "/": token += "~1"
            default: token.append(character)
            }
        }
    }
}
