import StrictTree

extension VolumeClaim {
    /// Reads an object whose kind is known; nil where it is none. What is wrong is in the report.
    init?(reading value: Value, _ report: Report) {
        let fields = FieldReader(value, .volumeClaim, report)
        guard let metadata = fields.documentMetadata(of: "PersistentVolumeClaim"), let place = fields.required("spec") else {
            return nil
        }
        self.init(metadata)
        let spec = FieldReader(place, .volumeClaimSpec, report)
        for element in spec.elements("accessModes") {
            guard let text = spec.text(element) else { continue }
            guard let mode = AccessMode(rawValue: text) else {
                report.refuse(
                    element,
                    "unknown access mode '\(text)'\(Suggestion.hint(for: text, in: AccessMode.allCases.map(\.rawValue)))")
                continue
            }
            accessModes.append(mode)
        }
        spec.only("volumeMode", ["Filesystem"], "block devices as volumes are not")
        guard let place = spec.value("resources") else { return }
        let resources = FieldReader(place, .volumeResources, report)
        let limit = resources.storage("limits")
        size = resources.storage("requests")
        if let limit, let size, limit < size, let place = resources.value("limits") {
            report.refuse(place, "the limit, \(limit), is below the request, \(size)")
        }
    }
}

extension FieldReader {
    /// The amount of storage, the only resource that a volume has.
    fileprivate func storage(_ field: StaticString) -> Quantity? {
        var size: Quantity?
        for member in members(field) {
            guard member.anyKey == "storage" else {
                report.refuse(member, "a volume has 'storage', not '\(member.anyKey)'")
                continue
            }
            size = Quantity(reading: member.value, report)
            if let size, size.nano < 0 { report.refuse(member.value, "a size is not below zero") }
        }
        return size
    }
}
