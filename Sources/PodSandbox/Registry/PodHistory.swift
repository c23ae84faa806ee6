public import Journal
public import PodRecords

/// What happened to a pod.
public struct PodHistory: Sendable {
    public let uid: PodUID
    /// What was before this revision is given up; 0 for nothing.
    public let compacted: Revision
    /// Other pods that had its name before.
    public let earlier: [PodUID]
    /// In their order. Those with time 0 are what was at the compacted revision.
    public internal(set) var changes: [PodChange] = []
    /// Why it cannot be relied on: lost history, damaged records.
    public internal(set) var marks: [String] = []

    /// What was in force at a revision: the last change of the pod and of each container until then.
    public func state(at revision: Revision) -> [PodChange] {
        var last: [String: PodChange] = [:]
        var order: [String] = []
        for change in changes where change.revision <= revision {
            let subject = change.container ?? ""
            if last[subject] == nil { order.append(subject) }
            last[subject] = change
        }
        return order.sorted { $0.isEmpty && !$1.isEmpty }.compactMap { last[$0] }
    }
}
