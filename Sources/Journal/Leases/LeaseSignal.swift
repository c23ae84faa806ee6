public import LinuxKernel
internal import LinuxTypes

/// Wakes when a lease of a store ends: at the earliest deadline, or at the death of a process. Its entries stand in a poll beside others.
public struct LeaseSignal: ~Copyable {
    private let handles: DescriptorList

    /// For each of `rows` that has not ended. Those that have are for the poll that follows.
    init(_ rows: [LeaseTable.Row], namespace: UInt64?) throws(KernelError) {
        var handles = DescriptorList()
        let deadlines = rows.filter { $0.kind == LeaseTable.Row.Kind.deadline }
        if let first = deadlines.map(\.end).min() { handles.append(try BootTimer(at: first).release()) }
        for row in rows where row.kind == LeaseTable.Row.Kind.process && row.scope == namespace {
            do throws(KernelError) {
                // Who died since he was looked at, and whose pid somebody else has by now, is found by the next look.
                handles.append(try openPidfd(row.pid))
            } catch {
                // Gone: at once. Where the descriptors are used up, those that are left are looked at every second.
                let isGone = error.errno == .ESRCH || error.errno == .EINVAL
                guard isGone || error.errno == .EMFILE || error.errno == .ENFILE else { throw error }
                handles.append(try BootTimer(at: isGone ? 1 : bootMilliseconds() + 1000).release())
                break
            }
        }
        self.handles = handles
    }

    /// To be waited for, beside others.
    public var entries: [PollEntry] { handles.descriptors.map { PollEntry($0) } }
}
