import CSeccomp
public import OCISpec

/// What a profile says of the system calls of one architecture, counted.
public struct Verdicts: Hashable, Sendable {
    /// For every call that is not counted.
    public let otherwise: FilterAction
    /// In the order of the first rule that has the action.
    public let counts: [Count]

    public struct Count: Hashable, Sendable {
        public let action: FilterAction
        /// Calls whose arguments do not matter.
        public let always: Int
        /// Calls whose arguments decide.
        public let sometimes: Int
    }
}

extension Profile {
    /// Names that the architecture does not have count for nothing, as they do in the filter.
    public func verdicts(on architecture: SeccompArchitecture) -> Verdicts {
        var actions: [FilterAction] = []
        var always: [FilterAction: Set<Int32>] = [:]
        var sometimes: [FilterAction: Set<Int32>] = [:]
        for rule in rules {
            if !actions.contains(rule.action) { actions.append(rule.action) }
            for name in rule.names {
                // Below zero are the made-up numbers of calls that other architectures have.
                let number = seccomp_syscall_resolve_name_arch(architecture.token, name)
                guard number >= 0 else { continue }
                if rule.comparisons.isEmpty {
                    always[rule.action, default: []].insert(number)
                } else {
                    sometimes[rule.action, default: []].insert(number)
                }
            }
        }
        return Verdicts(
            otherwise: defaultAction,
            counts: actions.map { action in
                let unconditional = always[action] ?? []
                return Verdicts.Count(
                    action: action, always: unconditional.count,
                    sometimes: (sometimes[action] ?? []).subtracting(unconditional).count)
            })
    }
}
