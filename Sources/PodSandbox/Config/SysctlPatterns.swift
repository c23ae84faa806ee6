internal import PodSpec
internal import StrictTree

/// Names of sysctls, as the kubelet's `allowedUnsafeSysctls`: whole ones, or beginnings with `*` behind them.
struct SysctlPatterns: Hashable, Sendable {
    private(set) var texts: [String] = []

    init() {}

    /// Refuses what is no namespace's: the machine's own are nobody's to allow.
    init(_ value: Value) throws(TreeError) {
        for element in try value.array {
            let text = try element.string
            let stem = text.hasSuffix("*") ? String(text.dropLast()) : text
            guard !stem.contains("*"), Sysctl(name: stem, value: "").isOfNamespace else {
                throw element.failure(
                    "'\(text)' is none of a pod's namespaces: expected net.…, kernel.shm…, kernel.msg…, kernel.sem or fs.mqueue.…, the end as '*' or whole"
                )
            }
            texts.append(text)
        }
    }

    func allow(_ sysctl: Sysctl) -> Bool {
        texts.contains { $0.hasSuffix("*") ? sysctl.name.hasPrefix($0.dropLast()) : sysctl.name == $0 }
    }
}
