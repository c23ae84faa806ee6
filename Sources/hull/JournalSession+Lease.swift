import CommandSupport
import Journal
import JournalVerbs
import LinuxKernel
import LinuxTypes

extension JournalSession {
    /// `lease`.
    func lease(_ arguments: LeaseArguments) throws(Failure) -> ExitCode {
        switch arguments.action {
        case .grant(let milliseconds):
            try grant(arguments) { journal throws(JournalError) in
                try journal.grantLease(milliseconds: milliseconds, arguments.durability)
            }
        case .grantForProcess(let pid, let startTime):
            try grant(arguments) { journal throws(JournalError) in
                try journal.grantLease(process: pid, startTime: startTime, arguments.durability)
            }
        case .revoke(let id): try revoke(id, arguments)
        case .keepAlive(let id, let isOnce): return try keepAlive(id, isOnce: isOnce, arguments)
        case .list:
            let journal = try place.openForReading()
            let (leases, revision) = try reading { () throws(JournalError) in (try journal.leases(), try journal.revision()) }
            try Output.write(LeaseText.list(leases, revision, arguments.format))
        case .timeToLive(let id, let wantsKeys): return try timeToLive(id, wantsKeys: wantsKeys, arguments.format)
        }
        return .done
    }

    private func reading<Result>(_ body: () throws(JournalError) -> Result) throws(Failure) -> Result {
        do throws(JournalError) { return try body() } catch { throw Failure(error, "cannot read the leases") }
    }

    private func grant(_ arguments: LeaseArguments, _ grant: (Journal) throws(JournalError) -> Lease) throws(Failure) {
        let journal = try place.openForWriting(isMade: true)
        let lease: Lease
        do throws(JournalError) { lease = try grant(journal) } catch { throw Failure(error, "cannot grant a lease") }
        try Output.write(LeaseText.granted(lease, lease.id, arguments.format))
    }

    private func revoke(_ id: LeaseID, _ arguments: LeaseArguments) throws(Failure) {
        let journal = try place.openForWriting(isMade: false)
        let keys: [Key]
        let revision: Revision
        do throws(JournalError) {
            keys = try journal.revokeLease(id, arguments.durability)
            revision = try journal.revision()
        } catch { throw Failure(error, "cannot revoke lease \(id)") }
        try Output.write(LeaseText.revoked(id, keys: keys, revision, arguments.format))
    }

    private func timeToLive(_ id: LeaseID, wantsKeys: Bool, _ format: PrintFormat) throws(Failure) -> ExitCode {
        let journal = try place.openForReading()
        let (lease, keys, revision) = try reading { () throws(JournalError) in
            (try journal.lease(id), wantsKeys ? try journal.keys(ofLease: id) : nil, try journal.revision())
        }
        try Output.write(LeaseText.timeToLive(id, lease, keys: keys, revision, format))
        return lease == nil || lease?.isExpired == true ? .notFound : .done
    }

    /// As etcdctl: three times in each of its terms, until it is gone, an interrupt, or nobody reads any more.
    private func keepAlive(_ id: LeaseID, isOnce: Bool, _ arguments: LeaseArguments) throws(Failure) -> ExitCode {
        let journal = try place.openForWriting(isMade: false)
        let ends: EndSignals?
        do throws(KernelError) { ends = try isOnce ? nil : EndSignals() } catch { throw Failure(error, "cannot wait") }
        while true {
            let lease: Lease
            let revision: Revision
            do throws(JournalError) {
                lease = try journal.keepLeaseAlive(id, arguments.durability)
                revision = try journal.revision()
            } catch { throw Failure(error, "cannot keep lease \(id) alive") }
            try Output.write(LeaseText.keptAlive(lease, revision, arguments.format))
            guard let ends, case .time(let milliseconds) = lease.term else { return .done }
            var others: [PollEntry] = []
            do throws(KernelError) {
                if try ends.hasEnded(&others, within: Int(min(max(milliseconds / 3, 1), 3_600_000))) { return .done }
            } catch { throw Failure(error, "cannot wait") }
        }
    }
}
