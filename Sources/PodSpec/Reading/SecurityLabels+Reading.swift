import StrictTree

extension AppArmorProfile {
    init?(reading value: Value, _ report: Report) {
        let fields = FieldReader(value, .appArmorProfile, report)
        let name = fields.string("localhostProfile")
        guard let place = fields.required("type"), let type = fields.text(place) else { return nil }
        if type != "Localhost", name != nil {
            report.refuse(fields.value("localhostProfile") ?? value, "only the type 'Localhost' has a profile of its own")
        }
        switch type {
        case "RuntimeDefault": self = .runtimeDefault
        case "Unconfined": self = .unconfined
        case "Localhost":
            guard let place = fields.required("localhostProfile"), let name else { return nil }
            guard Self.isName(name) else {
                report.refuse(
                    place, "'\(name)' is no name of a profile: it has 1 to 4095 bytes, and neither spaces nor control characters")
                return nil
            }
            self = .localhost(name: name)
        default:
            let known = ["RuntimeDefault", "Unconfined", "Localhost"]
            report.refuse(place, "unknown AppArmor profile '\(type)'\(Suggestion.hint(for: type, in: known))")
            return nil
        }
    }

    fileprivate static func isName(_ name: String) -> Bool {
        (1...4095).contains(name.utf8.count) && name.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f }
    }
}

extension SELinuxOptions {
    init?(reading value: Value, _ report: Report) {
        let fields = FieldReader(value, .seLinuxOptions, report)
        self.init(
            user: Self.part("user", fields), role: Self.part("role", fields), type: Self.part("type", fields),
            level: Self.part("level", fields))
    }

    /// Colons part a label; only the level, which comes last, has some of its own.
    private static func part(_ name: StaticString, _ fields: FieldReader) -> String? {
        guard let place = fields.value(name), let text = fields.text(name) else { return nil }
        let isLevel = "\(name)" == "level"
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f && (isLevel || $0 != UInt8(ascii: ":")) }) else {
            fields.report.refuse(place, "'\(text)' is no part of a label of SELinux")
            return nil
        }
        return text
    }
}

/// What was said of AppArmor before Kubernetes had fields for it: an annotation for each container.
struct AppArmorAnnotations {
    private static let prefix = "container.apparmor.security.beta.kubernetes.io/"

    /// Gives the containers of a pod what annotations say of them; a field beside one must say the same. `metadata` is the object of the pod.
    static func apply(_ metadata: Value?, to spec: inout Pod.Spec, _ report: Report) {
        // What is no map was reported as that.
        guard let annotations = (try? metadata?.member("annotations")) ?? nil, annotations.kind == .object else { return }
        for member in annotations.sortedMembers where member.anyKey.hasPrefix(prefix) && !member.value.isNull {
            // The same.
            guard let text = try? member.value.string else { continue }
            guard let profile = profile(text) else {
                report.refuse(member.value, "'\(text)' is no profile: expected runtime/default, unconfined or localhost/NAME")
                continue
            }
            let name = String(member.anyKey.dropFirst(prefix.count))
            if !give(profile, to: name, in: &spec.initContainers) && !give(profile, to: name, in: &spec.containers) {
                let hint = Suggestion.hint(for: name, in: spec.allContainers.map(\.name))
                report.refuse(member, "the pod has no container '\(name)'\(hint), or its appArmorProfile says something else")
            }
        }
    }

    private static func give(_ profile: AppArmorProfile, to name: String, in containers: inout [Container]) -> Bool {
        guard let index = containers.firstIndex(where: { $0.name == name }) else { return false }
        let given = containers[index].securityContext.appArmorProfile
        guard given == nil || given == profile else { return false }
        containers[index].securityContext.appArmorProfile = profile
        return true
    }

    private static func profile(_ text: String) -> AppArmorProfile? {
        switch text {
        case "runtime/default": return .runtimeDefault
        case "unconfined": return .unconfined
        default:
            guard text.hasPrefix("localhost/") else { return nil }
            let name = String(text.dropFirst("localhost/".count))
            return AppArmorProfile.isName(name) ? .localhost(name: name) : nil
        }
    }
}
