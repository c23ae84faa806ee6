internal import LinuxKernel

// A writer who puts off the deadline of a lease says so before he looks at the clock, and takes it back with the writer's lock. Between the look and the record
// any time may pass: who reads meanwhile sees the old deadline pass, and the lease live.

extension Log {
    /// Announces that a lease is being kept alive. Under the writer's lock.
    func announce(_ lease: LeaseID) throws(JournalError) {
        try shared.write(.kept, [UInt64(bitPattern: lease)])
        announcedLease = lease
    }

    /// Takes back what we announced, or who was killed before us.
    func withdrawLease() {
        announcedLease = 0
        // What could not be taken back ends with the next who writes, or with us: it counts no longer than we live.
        do throws(JournalError) { try shared.write(.kept, [0]) } catch {}
    }

    /// The lease that somebody who lives keeps alive just now; 0 for none.
    func leaseBeingKept() throws(JournalError) -> LeaseID {
        var before: (lease: UInt64, pid: Int32, startTime: UInt64)?
        while let state = try shared.read(), state[.kept] != 0 {
            let (pid, startTime) = state.holder(of: .writer)
            let found = (lease: state[.kept], pid: pid, startTime: startTime)
            if options.clock.life(of: pid, startTime: startTime) == .alive { return LeaseID(bitPattern: found.lease) }
            // Words are not read at one moment: a holder who is no more may be the one before him who announces this. Seen twice, it is he.
            if let before, before == found { return 0 }
            before = found
        }
        return 0
    }
}
