internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords

/// The init of a container, watched until it ends.
final class ContainerProcess {
    let container: String
    let identity: ProcessIdentity
    private let pidfd: OwnedDescriptor
    private let memoryEvents: String?
    /// Until when it is asked how a process ended that is somebody else's child; milliseconds since the boot.
    private var patience: Int64?

    init(_ container: String, _ identity: ProcessIdentity, pidfd: consuming OwnedDescriptor, memoryEvents: String?) {
        self.container = container
        self.identity = identity
        self.pidfd = pidfd
        self.memoryEvents = memoryEvents
    }

    var descriptor: FileDescriptor { pidfd.descriptor }

    /// When to look again, in milliseconds since the boot; nil for when its pidfd says so.
    private(set) var nextLook: Int64?

    /// Whether it has ended, and how as far as can be known.
    enum Answer {
        case runs
        case ended(Event.End?)
    }

    func look(at moment: Moment) -> Answer {
        do throws(KernelError) {
            guard let status = try pidfd.descriptor.waitForExit(blocking: false) else { return .runs }
            return .ended(Event.End(status: status, memory: memoryKill))
        } catch {
            return lookFromOutside(at: moment)
        }
    }

    /// It was started by a keeper that is no more, and whoever got it reaps it: `/proc` tells how it ended before that, its pidfd after it.
    private func lookFromOutside(at moment: Moment) -> Answer {
        let isUnreaped: Bool
        do throws(KernelError) {
            var entries = [PollEntry(pidfd.descriptor)]
            guard try waitUntilReady(&entries, milliseconds: 0), entries[0].canRead || entries[0].hangup else { return .runs }
            // Order: before its pidfd is asked, or one that is reaped in between would be gone without an answer.
            isUnreaped = try ProcessStatus(pid: identity.pid)?.startTime == identity.startTime
            var status = try exitOfZombie(identity)
            if status == nil { status = try pidfd.descriptor.exitOfAnyProcess() }
            if let status {
                return .ended(Event.End(status: status, memory: memoryKill))
            }
        } catch { return .ended(nil) }
        // Who may not trace it learns it when it is reaped. Inits of some machines do that every few seconds only.
        let until = patience ?? moment.milliseconds + 5000
        patience = until
        guard isUnreaped, moment.milliseconds < until else { return .ended(nil) }
        nextLook = moment.milliseconds + 5
        return .runs
    }

    /// Order: before its cgroup is taken away. Nobody may ask a cgroup of this name later.
    private var memoryKill: MemoryKill? { memoryEvents.flatMap(MemoryEvidence.init)?.kill }

    func send(_ signal: Signal) {
        do throws(KernelError) { try pidfd.descriptor.send(signal) } catch {
            // It has ended: the pidfd says so, too.
        }
    }
}
