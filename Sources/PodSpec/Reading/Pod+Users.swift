import StrictTree

extension Pod.Spec {
    /// Ids that a pod with a user namespace has.
    public static let idCount: UInt32 = 65_536

    /// With users of its own a pod has none of the machine's namespaces, and no ids beyond its own. Without, it does not see all of /proc.
    func checkUsers(_ fields: FieldReader) {
        let contexts = (fields.elements("initContainers") + fields.elements("containers")).compactMap { container in
            // What is no object was reported as that.
            try? container.member("securityContext")
        }
        guard let place = fields.value("hostUsers"), !hostUsers else { return Self.checkProcessFiles(contexts, fields.report) }
        for (name, isSet) in [("hostNetwork", hostNetwork), ("hostPID", hostPID), ("hostIPC", hostIPC)] where isSet {
            fields.report.refuse(
                place, "with users of its own a pod has no namespace of the machine's: take '\(name)' off, or 'hostUsers: false'")
        }
        for context in contexts + [fields.value("securityContext")].compactMap(\.self) { Self.checkIDs(context, fields.report) }
    }

    private static func checkProcessFiles(_ contexts: [Value], _ report: Report) {
        for context in contexts {
            // What is no string was reported as that.
            guard let place = (try? context.member("procMount")) ?? nil, (try? place.string) == "Unmasked" else { continue }
            report.refuse(place, "what the machine's root sees of /proc is not for a container: set 'hostUsers: false' beside it")
        }
    }

    private static func checkIDs(_ context: Value, _ report: Report) {
        func check(_ value: Value?) {
            // What is no number was reported as that.
            guard let value, let id = try? value.integer(in: 0...UInt32.max), id >= idCount else { return }
            report.refuse(value, "with 'hostUsers: false' a pod has the ids 0 to \(idCount - 1): take one of these")
        }
        for name in ["runAsUser", "runAsGroup", "fsGroup"] {
            // What is no object was reported as that.
            check((try? context.member(name)) ?? nil)
        }
        // The same, and for what is no array.
        if let groups = (try? context.member("supplementalGroups")?.array) ?? nil {
            for group in groups { check(group) }
        }
    }
}
