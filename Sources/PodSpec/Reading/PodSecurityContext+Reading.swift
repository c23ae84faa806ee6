import StrictTree

extension PodSecurityContext {
    init?(reading value: Value, hostNetwork: Bool, hostIPC: Bool, _ report: Report) {
        let fields = FieldReader(value, .podSecurityContext, report)
        self.init()
        runAsUser = fields.identifier("runAsUser")
        runAsGroup = fields.identifier("runAsGroup")
        runAsNonRoot = fields.bool("runAsNonRoot")
        supplementalGroups = fields.elements("supplementalGroups").compactMap(fields.identifier)
        fields.only("supplementalGroupsPolicy", ["Merge", "Strict"], "it is one of 'Merge', 'Strict'")
        hasStrictGroups = fields.text("supplementalGroupsPolicy") == "Strict"
        fsGroup = fields.identifier("fsGroup")
        fields.only("fsGroupChangePolicy", ["Always", "OnRootMismatch"], "it is one of 'Always', 'OnRootMismatch'")
        changesOwnersOnMismatchOnly = fields.text("fsGroupChangePolicy") == "OnRootMismatch"
        seccompProfile = fields.value("seccompProfile").flatMap { SeccompProfile(reading: $0, report) }
        appArmorProfile = fields.value("appArmorProfile").flatMap { AppArmorProfile(reading: $0, report) }
        seLinuxOptions = fields.value("seLinuxOptions").flatMap { SELinuxOptions(reading: $0, report) }
        var names = UniqueNames(noun: "sysctl")
        sysctls = fields.elements("sysctls").compactMap { element in
            guard let sysctl = Sysctl(reading: element, hostNetwork: hostNetwork, hostIPC: hostIPC, report) else { return nil }
            names.take(sysctl.name, at: element, report)
            return sysctl
        }
    }
}

extension Sysctl {
    fileprivate init?(reading value: Value, hostNetwork: Bool, hostIPC: Bool, _ report: Report) {
        let fields = FieldReader(value, .sysctl, report)
        let text = fields.required("value").flatMap(fields.text)
        guard let place = fields.required("name"), let written = fields.text(place),
            let name = fields.checked(written, at: place, .sysctl, "sysctl"), let text
        else { return nil }
        self.init(name: Self.dotted(name), value: text)
        if hostNetwork, self.name.hasPrefix("net.") {
            report.refuse(place, "with 'hostNetwork' the network is the host's, and '\(name)' its own to set")
        } else if hostIPC, Self.isOfIPC(self.name) {
            report.refuse(place, "with 'hostIPC' the IPC objects are the host's, and '\(name)' its own to set")
        } else if !isOfNamespace {
            report.refuse(place, "'\(self.name)' is the machine's and no pod's: set it with sysctl(8), and take it off here")
        }
    }

    /// As sysctl(8) reads it: whichever of `.` and `/` comes first separates, the other one is part of a name.
    private static func dotted(_ name: String) -> String {
        guard let first = name.utf8.first(where: { $0 == Syntax.dot || $0 == Syntax.slash }), first == Syntax.slash else {
            return name
        }
        let swapped = name.utf8.map { $0 == Syntax.slash ? Syntax.dot : $0 == Syntax.dot ? Syntax.slash : $0 }
        return String(decoding: swapped, as: UTF8.self)
    }

    private static func isOfIPC(_ name: String) -> Bool {
        name.hasPrefix("kernel.shm") || name.hasPrefix("kernel.msg") || name == "kernel.sem" || name.hasPrefix("fs.mqueue.")
    }
}
