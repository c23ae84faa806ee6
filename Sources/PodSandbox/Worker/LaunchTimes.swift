internal import ContainerRuntime
internal import LinuxKernel
internal import PodRecords

/// What the engine's time went to while it launched a container, in a handful of parts: the engine notes forty steps, of two processes that work at once.
final class LaunchTimes: Sendable {
    private let began = monotonicMicroseconds()
    private let steps = Locked<[String: Int64]>([:])

    /// To be told of every step, and of the last of all that init has noted.
    func note(_ step: String, _ moment: Int64) {
        let isInits = step.hasPrefix("init: ")
        steps.change { steps in
            steps[step] = moment
            if isInits { steps[Self.lastOfInit] = max(moment, steps[Self.lastOfInit] ?? 0) }
        }
    }

    private static let lastOfInit = "init"

    /// Where each part ends: at the last of these. What the parent does while init waits for it is `cgroups`.
    private static let parts: [(name: String, ends: [String])] = [
        ("plan", ["birth planned"]), ("record", ["claimed"]), ("clone", ["cloned"]),
        ("cgroups", ["plan sent", "cgroup v1 made", "admitted"]), ("init", [lastOfInit]), ("execve", ["executed"]),
    ]

    /// The parts one after the other without a gap, up to now.
    func ledger() -> StartLedger {
        let now = monotonicMicroseconds()
        let steps = steps.value
        var ledger = StartLedger()
        var last = began
        for part in Self.parts {
            // One that ended before another that comes first here has cost nothing more.
            guard let end = part.ends.compactMap({ steps[$0] }).max(), end >= last else { continue }
            ledger.add("launch " + part.name, microseconds: end - last)
            last = end
        }
        ledger.add("launch", microseconds: now - last)
        return ledger
    }
}
