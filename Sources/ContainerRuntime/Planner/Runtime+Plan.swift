public import LinuxTypes
public import OCISpec

extension Runtime {
    /// What making a container of a configuration would do, without doing any of it: the plan that `launch` makes of it and walks through.
    ///
    /// Reads what this machine and the caller are, and nothing else. Throws what `launch` would, before anything had been made.
    public static func plan(
        _ id: String, _ configuration: Configuration, bundle: HostPath, options: CreateOptions = CreateOptions()
    ) throws(RuntimeError) -> ContainerPlan {
        try check(id: id)
        let facts = try HostFacts.ofHost(for: configuration)
        let birth = try Planner.planBirth(configuration, id: id, bundle: bundle, facts: facts)
        return try Planner.plan(configuration, birth: birth, id: id, bundle: bundle, facts: facts, options: options)
    }
}
