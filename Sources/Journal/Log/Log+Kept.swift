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
        guard let state = try shared.read(), state[.kept] != 0 else { return 0 }
        let holder = state.holder(of: .writer)
        guard options.clock.life(of: holder.pid, startTime: holder.startTime) == .alive else { return 0 }
        return LeaseID(bitPattern: state[.kept])
    }
}
