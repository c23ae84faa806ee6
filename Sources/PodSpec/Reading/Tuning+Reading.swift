import StrictTree

/// The annotations of Hull, all of which are known: one with the prefix that is not is refused.
struct TuningReader {
    private static let prefix = "hull.dev/"
    private static let podKeys = ["shm-size", "noexec-volumes"]
    private static let containerKeys = ["ulimits", "pids-limit", "swap", "oom-group"]

    private let spec: Pod.Spec
    private let report: Report
    private(set) var tuning = Tuning()

    /// `metadata` is the object of the pod.
    init(_ metadata: Value?, of spec: Pod.Spec, _ report: Report) {
        self.spec = spec
        self.report = report
        // What is no map was reported as that.
        guard let annotations = (try? metadata?.member("annotations")) ?? nil, annotations.kind == .object else { return }
        for member in annotations.sortedMembers where member.anyKey.hasPrefix(Self.prefix) && !member.value.isNull {
            // The same.
            guard let text = try? member.value.string else { continue }
            read(String(member.anyKey.dropFirst(Self.prefix.count)), text, member)
        }
        for container in spec.allContainers
        where tuning.of(container.name).swap != nil && container.resources.limits.memory == nil {
            report.refuse(
                annotations, "hull.dev/swap: container '\(container.name)' has no limit of memory, beside which swap could be")
        }
    }

    private mutating func read(_ key: String, _ text: String, _ member: Member) {
        if Self.podKeys.contains(key) { return readPod(key, text, member) }
        let parts = key.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard Self.containerKeys.contains(parts[0]) else {
            let known = (Self.podKeys + Self.containerKeys).map { Self.prefix + $0 }
            let hint = Suggestion.hint(for: Self.prefix + key, in: known)
            return report.refuse(
                member, "unknown annotation '\(Self.prefix)\(key)'\(hint.isEmpty ? ": take it off" : hint)")
        }
        guard parts.count == 2 else { return readContainer(parts[0], text, member, &tuning.common) }
        let names = spec.allContainers.map(\.name)
        guard names.contains(parts[1]) else {
            return report.refuse(member, "the pod has no container '\(parts[1])'\(Suggestion.hint(for: parts[1], in: names))")
        }
        readContainer(parts[0], text, member, &tuning.own[parts[1], default: ContainerTuning()])
    }

    private mutating func readPod(_ key: String, _ text: String, _ member: Member) {
        if key == "shm-size" {
            if spec.hostIPC { report.refuse(member.value, "with 'hostIPC' the pod has the machine's /dev/shm") }
            tuning.sharedMemory = size(text, member)
            return
        }
        for name in words(text) {
            if case .emptyDir? = spec.volumes.first(where: { $0.name == name })?.source {
                tuning.noExecVolumes.insert(name)
            } else {
                report.refuse(member.value, "the pod has no emptyDir '\(name)'")
            }
        }
    }

    private func readContainer(_ key: String, _ text: String, _ member: Member, _ tuning: inout ContainerTuning) {
        switch key {
        case "ulimits": tuning.limits = limits(text, member)
        case "pids-limit":
            guard let count = Int64(text), count > 0 else {
                return report.refuse(member.value, "'\(text)' is no number of processes: expected 1 or more")
            }
            tuning.processes = count
        case "swap": tuning.swap = text == "unlimited" ? .unlimited : size(text, member).map(ContainerTuning.Swap.bytes)
        default:
            guard text == "true" || text == "false" else {
                return report.refuse(member.value, "'\(text)' is neither 'true' nor 'false'")
            }
            tuning.endsTogether = text == "true"
        }
    }

    /// `nofile=1024:4096, core=0`.
    private func limits(_ text: String, _ member: Member) -> [ContainerTuning.Limit] {
        var limits: [ContainerTuning.Limit] = []
        for word in words(text) {
            let sides = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let values = sides.count == 2 ? sides[1].split(separator: ":", omittingEmptySubsequences: false).map(String.init) : []
            let amounts = values.compactMap { $0 == "unlimited" ? UInt64.max : UInt64($0) }
            guard Self.limitNames.contains(sides[0]) else {
                report.refuse(member.value, "unknown limit '\(sides[0])'\(Suggestion.hint(for: sides[0], in: Self.limitNames))")
                continue
            }
            guard (1...2).contains(values.count), amounts.count == values.count, amounts[0] <= amounts[amounts.count - 1] else {
                report.refuse(member.value, "'\(word)' is no limit: expected NAME=SOFT:HARD or NAME=BOTH, numbers or 'unlimited'")
                continue
            }
            guard !limits.contains(where: { $0.name == sides[0] }) else {
                report.refuse(member.value, "the limit '\(sides[0])' stands there twice")
                continue
            }
            limits.append(.init(name: sides[0], soft: amounts[0], hard: amounts[amounts.count - 1]))
        }
        return limits
    }

    /// `setrlimit(2)`.
    private static let limitNames = [
        "as", "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio",
        "rttime",
        "sigpending", "stack",
    ]

    private func size(_ text: String, _ member: Member) -> Quantity? {
        guard let size = Quantity(text), size.nano > 0 else {
            report.refuse(member.value, "'\(text)' is no size: expected a quantity above zero, as 64Mi")
            return nil
        }
        return size
    }

    private func words(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.split(separator: " ").joined(separator: " ") }.filter { !$0.isEmpty }
    }
}
