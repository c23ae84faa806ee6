import StrictTree

extension SecurityContext {
    init?(reading value: Value, _ report: Report) {
        let fields = FieldReader(value, .securityContext, report)
        self.init()
        runAsUser = fields.identifier("runAsUser")
        runAsGroup = fields.identifier("runAsGroup")
        runAsNonRoot = fields.bool("runAsNonRoot")
        readOnlyRootFilesystem = fields.flag("readOnlyRootFilesystem")
        privileged = fields.flag("privileged")
        allowPrivilegeEscalation = fields.bool("allowPrivilegeEscalation")
        fields.only("procMount", ["Default", "Unmasked"], "it is one of 'Default', 'Unmasked'")
        showsAllOfProc = fields.text("procMount") == "Unmasked"
        seccompProfile = fields.value("seccompProfile").flatMap { SeccompProfile(reading: $0, report) }
        appArmorProfile = fields.value("appArmorProfile").flatMap { AppArmorProfile(reading: $0, report) }
        seLinuxOptions = fields.value("seLinuxOptions").flatMap { SELinuxOptions(reading: $0, report) }
        var addsAdmin = false
        if let place = fields.value("capabilities") {
            let changes = FieldReader(place, .capabilities, report)
            capabilities = CapabilityChanges(add: changes.capabilities("add"), drop: changes.capabilities("drop"))
            // Kubernetes looks for this spelling only.
            addsAdmin = changes.elements("add").contains { $0.isString("CAP_SYS_ADMIN") }
        }
        checkEscalation(fields, addsAdmin: addsAdmin)
    }

    private func checkEscalation(_ fields: FieldReader, addsAdmin: Bool) {
        guard allowPrivilegeEscalation == false, privileged || addsAdmin, let place = fields.value("allowPrivilegeEscalation")
        else {
            return
        }
        let what = privileged ? "'privileged'" : "the capability 'CAP_SYS_ADMIN'"
        fields.report.refuse(place, "a container with \(what) cannot be kept from more privileges")
    }
}

extension Value {
    fileprivate func isString(_ text: String) -> Bool {
        // What is no string was reported as that.
        (try? string) == text
    }
}

extension FieldReader {
    /// A user or group: `0 … 2147483647`.
    func identifier(_ name: StaticString) -> UInt32? { value(name).flatMap(identifier) }

    func identifier(_ value: Value) -> UInt32? {
        read(value) { value throws(TreeError) in try value.integer(in: 0...UInt32(Int32.max)) }
    }

    /// Without `CAP_`, which Kubernetes leaves out and runtimes take off.
    fileprivate func capabilities(_ name: StaticString) -> [String] {
        elements(name).compactMap { value in
            guard let text = text(value) else { return nil }
            let upper = text.uppercased()
            let short = upper.hasPrefix("CAP_") ? String(upper.dropFirst(4)) : upper
            if short == "ALL" || Self.capabilityNames.contains(short) { return short }
            report.refuse(value, "unknown capability '\(text)'\(Suggestion.hint(for: short, in: Self.capabilityNames))")
            return nil
        }
    }

    /// `capabilities(7)`, in the order of their numbers.
    private static let capabilityNames = [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE",
        "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO",
        "SYS_CHROOT",
        "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD",
        "LEASE",
        "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND",
        "AUDIT_READ",
        "PERFMON", "BPF", "CHECKPOINT_RESTORE",
    ]
}
