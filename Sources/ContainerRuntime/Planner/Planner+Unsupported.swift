import OCISpec

extension Planner {
    /// What the specification knows and this runtime does not do yet. Refused: what is parsed and dropped would be a silent hole.
    func refuseWhatIsNotThereYet() throws(RuntimeError) {
        let notYet = "is not supported yet"
        if let process = configuration.process { try Self.refuseWhatIsNotThereYet(in: process, "/process") }
        if !linux.netDevices.entries.isEmpty { throw .refused("/linux/netDevices", notYet) }
        if linux.intelRdt != nil { throw .refused("/linux/intelRdt", notYet) }
        if linux.memoryPolicy != nil { throw .refused("/linux/memoryPolicy", notYet) }
        if let label = linux.mountLabel, !label.isEmpty { throw .refused("/linux/mountLabel", "SELinux \(notYet)") }
    }

    static func refuseWhatIsNotThereYet(in process: Process, _ pointer: String) throws(RuntimeError) {
        let notYet = "is not supported yet"
        if let profile = process.apparmorProfile, !profile.isEmpty, profile != "unconfined" {
            throw .refused(pointer + "/apparmorProfile", "AppArmor \(notYet)")
        }
        if let label = process.selinuxLabel, !label.isEmpty { throw .refused(pointer + "/selinuxLabel", "SELinux \(notYet)") }
        if process.scheduler != nil { throw .refused(pointer + "/scheduler", notYet) }
        if process.ioPriority != nil { throw .refused(pointer + "/ioPriority", notYet) }
        if process.execCPUAffinity != nil { throw .refused(pointer + "/execCPUAffinity", notYet) }
    }
}
