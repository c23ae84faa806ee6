internal import Cgroups
internal import LinuxTypes

/// What is done to the cgroups of a plan.
enum CgroupSteps {
    static func steps(_ plan: Cgroups.Plan) -> [PlannedStep] { unified(plan) + legacy(plan) }

    static func unified(_ plan: Cgroups.Plan) -> [PlannedStep] {
        guard let group = plan.unified else { return [] }
        let enabled = (group.required + group.wanted).map { "+\($0.rawValue)" }
        var steps = [PlannedStep("cgroup", group.directory, [.text("version", "2"), .some("controllers", enabled)])]
        steps += group.writes.map { step($0, group) }
        if let program = plan.deviceProgram {
            steps.append(
                PlannedStep("device program", group.directory, [.text("instructions", "\(program.instructions.count)")]))
        }
        return steps
    }

    static func legacy(_ plan: Cgroups.Plan) -> [PlannedStep] {
        plan.legacy.flatMap { group in
            [
                PlannedStep(
                    "cgroup", group.directory,
                    [.text("version", "1"), .list("controllers", group.hierarchy.controllers.map(\.rawValue))])
            ] + group.writes.map { step($0, group) }
        }
    }

    private static func step(_ write: Cgroups.Plan.Write, _ group: Cgroups.Plan.Group) -> PlannedStep {
        PlannedStep(
            "write", group.directory + "/" + write.file,
            [.text("value", write.value), .text("for", write.pointer.isEmpty ? nil : write.pointer)])
    }
}
