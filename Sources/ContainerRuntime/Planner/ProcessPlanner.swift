import InitProtocol
import LinuxKernel
import LinuxTypes
import OCISpec

/// From a `process` of a configuration, or of an exec, to its plan.
struct ProcessPlanner {
    private let process: Process
    private let facts: CallerFacts
    /// In a user namespace of its own a container can have every capability, whatever the caller has.
    private let ownsUserNamespace: Bool

    init(_ process: Process, facts: CallerFacts, ownsUserNamespace: Bool) {
        self.process = process
        self.facts = facts
        self.ownsUserNamespace = ownsUserNamespace
    }

    func plan() throws(RuntimeError) -> ProcessPlan {
        guard let cwd = ContainerPath(process.cwd) else { throw .refused("/process/cwd", "has a NUL byte") }
        try Self.refuseNULBytes(in: process.args, "/process/args")
        try Self.refuseNULBytes(in: process.env, "/process/env")
        let environment = Self.lastOfEachKey(process.env)
        var plan = ProcessPlan(arguments: process.args, workingDirectory: cwd, capabilities: capabilities())
        plan.environment = environment
        plan.setsHome = !environment.contains { $0.hasPrefix("HOME=") }
        plan.uid = process.user.uid
        plan.gid = process.user.gid
        plan.groups = process.user.additionalGids
        plan.fileCreationMask = process.user.umask ?? 0o022
        plan.noNewPrivileges = process.noNewPrivileges
        try Labels(facts.modules).plan(process, "/process", into: &plan)
        plan.limits = process.rlimits.map { LimitPlan(kind: $0.type, soft: $0.soft, hard: $0.hard) }
        if process.terminal {
            plan.terminal = TerminalPlan(
                rows: process.consoleSize?.height ?? 0, columns: process.consoleSize?.width ?? 0, bindsConsole: true)
        }
        return plan
    }

    /// execve(2) would see them as the end.
    private static func refuseNULBytes(in list: [String], _ pointer: String) throws(RuntimeError) {
        for (index, text) in list.enumerated() where text.utf8.contains(0) {
            throw .refused("\(pointer)/\(index)", "has a NUL byte")
        }
    }

    /// Duplicates: the last one wins, in the place of the first. Keys are bytes: to the kernel `é` in one and in two code points are two names.
    static func lastOfEachKey(_ entries: [String]) -> [String] {
        var places: [[UInt8]: Int] = [:]
        var kept: [String] = []
        for entry in entries {
            let key = Array(entry.utf8.prefix { $0 != UInt8(ascii: "=") })
            if let place = places[key] {
                kept[place] = entry
            } else {
                places[key] = kept.count
                kept.append(entry)
            }
        }
        return kept
    }

    private var grantable: CapabilitySet { ownsUserNamespace ? facts.knownCapabilities : facts.availableCapabilities }

    private func capabilities() -> CapabilitySets {
        guard let named = process.capabilities else {
            return CapabilitySets(bounding: [], effective: [], inheritable: [], permitted: [], ambient: [])
        }
        let permitted = set(named.permitted)
        let inheritable = set(named.inheritable)
        return CapabilitySets(
            bounding: set(named.bounding), effective: set(named.effective).intersection(permitted), inheritable: inheritable,
            permitted: permitted, ambient: set(named.ambient).intersection(permitted).intersection(inheritable))
    }

    private func set(_ names: [String]) -> CapabilitySet {
        names.reduce(into: CapabilitySet()) { set, name in
            if let number = capabilityNumber(named: name) { set.insert(CapabilitySet(number: number)) }
        }.intersection(grantable)
    }

    /// Capabilities that are named and will not be there: the specification orders a warning.
    func warnings() -> [String] {
        guard let named = process.capabilities else { return [] }
        var warnings: [String] = []
        let sets = [
            ("bounding", named.bounding), ("effective", named.effective), ("inheritable", named.inheritable),
            ("permitted", named.permitted), ("ambient", named.ambient),
        ]
        for (member, names) in sets {
            let pointer = "/process/capabilities/\(member)"
            for name in names {
                guard let number = capabilityNumber(named: name) else {
                    warnings.append("\(pointer): '\(name)' is no capability")
                    continue
                }
                if !grantable.contains(CapabilitySet(number: number)) {
                    warnings.append("\(pointer): '\(name)' cannot be given, the runtime does not have it itself")
                }
            }
        }
        let raisable = set(named.permitted).intersection(set(named.inheritable))
        let lost = set(named.ambient).subtracting(raisable)
        if !lost.isEmpty {
            let names = lost.numbers.map(capabilityName).joined(separator: ", ")
            warnings.append("/process/capabilities/ambient: \(names) must also be permitted and inheritable to have an effect")
        }
        return warnings
    }
}
