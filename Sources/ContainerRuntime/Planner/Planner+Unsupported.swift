import OCISpec

extension Planner {
    /// What the specification knows and this runtime does not do yet. Refused: what is parsed and dropped would be a silent hole.
    func refuseWhatIsNotThereYet() throws(RuntimeError) {
        let notYet = "is not supported yet"
        if let process = configuration.process { try Self.refuseWhatIsNotThereYet(in: process, "/process") }
        if !linux.netDevices.entries.isEmpty { throw .refused("/linux/netDevices", notYet) }
        if linux.intelRdt != nil { throw .refused("/linux/intelRdt", notYet) }
        if linux.memoryPolicy != nil { throw .refused("/linux/memoryPolicy", notYet) }
    }

    static func refuseWhatIsNotThereYet(in process: Process, _ pointer: String) throws(RuntimeError) {
        let notYet = "is not supported yet"
        if process.scheduler != nil { throw .refused(pointer + "/scheduler", notYet) }
        if process.ioPriority != nil { throw .refused(pointer + "/ioPriority", notYet) }
        if process.execCPUAffinity != nil { throw .refused(pointer + "/execCPUAffinity", notYet) }
    }
}
