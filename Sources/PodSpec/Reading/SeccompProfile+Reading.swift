import StrictTree

extension SeccompProfile {
    init?(reading value: Value, _ report: Report) {
        let fields = FieldReader(value, .seccompProfile, report)
        let path = fields.string("localhostProfile")
        guard let place = fields.required("type"), let type = fields.text(place) else { return nil }
        if type != "Localhost", path != nil {
            report.refuse(fields.value("localhostProfile") ?? value, "only the type 'Localhost' has a profile of its own")
        }
        switch type {
        case "RuntimeDefault": self = .runtimeDefault
        case "Unconfined": self = .unconfined
        case "Localhost":
            guard let place = fields.required("localhostProfile"), let text = path else { return nil }
            let parts = text.utf8.split(separator: Syntax.slash, omittingEmptySubsequences: false)
            guard parts.allSatisfy({ !$0.isEmpty && !$0.elementsEqual("..".utf8) && !$0.elementsEqual(".".utf8) }) else {
                report.refuse(place, "'\(text)' is no relative path without '..'")
                return nil
            }
            self = .localhost(path: text)
        default:
            report.refuse(
                place,
                "unknown seccomp profile '\(type)'\(Suggestion.hint(for: type, in: ["RuntimeDefault", "Unconfined", "Localhost"]))"
            )
            return nil
        }
    }
}
