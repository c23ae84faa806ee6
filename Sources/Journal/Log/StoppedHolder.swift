internal import LinuxKernel
internal import LinuxTypes

// Whoever waits for a lock sees to it that its holder goes on. One that is stopped would keep everybody out for as long as it pleases whoever stopped
// it: it is continued at once, and killed where it is still stopped, or again, ten seconds after it was first seen so.
//
// Nobody is signalled who is not proved to hold this very lock, and stands still with it: the kernel shows the lock among his open files, through
// a pidfd that was opened before he was looked at. What is merely slow, asleep in a disk or in a tracer's hands, is left alone.

/// One wait for a lock, in which its holder is looked after.
struct Attendance {
    /// An append takes microseconds: a holder that keeps others waiting for this long is looked at, and again after as long.
    private static let glance: Int64 = 10_000
    /// After this long it is not enough to look at who says that he holds the lock: he may have let go of it, and the next one was
    /// stopped before he could say his name.
    private static let search: Int64 = 500_000

    private let lock: Locks.Name
    private var nextGlance: Int64
    private var nextSearch: Int64

    init(_ lock: Locks.Name) {
        self.lock = lock
        let now = monotonicMicroseconds()
        nextGlance = now + Self.glance
        nextSearch = now + Self.search
    }

    /// To be called after each try that failed.
    mutating func attend(_ log: Log) {
        let now = monotonicMicroseconds()
        guard now >= nextGlance else { return }
        nextGlance = now + Self.glance
        let searches = now >= nextSearch
        if searches { nextSearch = now + Self.search }
        // Who cannot look, for want of descriptors or because `/proc` is hidden from him, waits as before.
        do throws(JournalError) { try log.lookAfterHolder(of: lock, searches: searches) } catch {}
    }
}

extension Log {
    /// From when a holder was first seen stopped until it is killed. Microseconds.
    private static let stoppedPatience: UInt64 = 10_000_000

    /// One look at who holds a lock.
    fileprivate func lookAfterHolder(of lock: Locks.Name, searches: Bool) throws(JournalError) {
        guard let lockFile = try locks?.status(), let state = try shared.read() else { return }
        let named = state.holder(of: lock)
        let status = try kernel { () throws(KernelError) in try ProcessStatus(pid: named.pid) }
        if let status, status.startTime == named.startTime {
            if status.state == "T", try revive(named, lock, lockFile) { return }
            guard searches else { return }
            let isHolder = try kernel { () throws(KernelError) in
                try holdsLock(named.pid, of: lockFile, byte: lock.rawValue)
            }
            if isHolder { return }
        }
        if searches { try searchHolder(of: lock, lockFile) }
    }

    /// Looks among all processes that are stopped.
    private func searchHolder(of lock: Locks.Name, _ lockFile: FileStatus) throws(JournalError) {
        let names = try kernel { () throws(KernelError) in
            let directory = try FileDescriptor.workingDirectory.open("/proc", [.readOnly, .directory])
            return try directory.descriptor.directoryEntries()
        }
        for pid in names.compactMap({ Int32($0) }) {
            let status = try kernel { () throws(KernelError) in try ProcessStatus(pid: pid) }
            guard let status, status.state == "T" else { continue }
            if try revive((pid, status.startTime), lock, lockFile) { return }
        }
    }

    /// Continues a process, or kills it, if it holds the lock and is stopped. Returns whether it was so.
    private func revive(
        _ process: (pid: Int32, startTime: UInt64), _ lock: Locks.Name, _ lockFile: FileStatus
    ) throws(JournalError) -> Bool {
        let before = try shared.read()?.holder(of: lock)
        guard let handle = try stoppedHolder(process, lock, lockFile) else { return false }
        // Order: after the proof. Somebody else's name by now means that the lock went on meanwhile.
        guard let before, let state = try shared.read(), state.holder(of: lock) == before else { return false }
        let (markWord, sinceWord) = SharedHeader.stopped(lock)
        let mark = UInt64(UInt32(bitPattern: process.pid)) | process.startTime << 32
        let now = UInt64(monotonicMicroseconds())
        var since = state[sinceWord]
        if state[markWord] != mark || since > now {
            since = now
            try shared.write(markWord, [mark, since])
        }
        let isHopeless = now - since >= Self.stoppedPatience
        try kernel { () throws(KernelError) in try handle.descriptor.send(isHopeless ? .kill : .continue) }
        return true
    }

    /// A pidfd of a process, if it is stopped, runs as who we are, is traced by nobody and holds the lock; else nil.
    private func stoppedHolder(
        _ process: (pid: Int32, startTime: UInt64), _ lock: Locks.Name, _ lockFile: FileStatus
    ) throws(JournalError) -> OwnedDescriptor? {
        do throws(KernelError) {
            // Order: the pidfd first. What is then found under this pid with this start time is what it stands for.
            let handle = try openPidfd(process.pid)
            guard let owner = try ProcessOwner(pid: process.pid), owner.realUID == effectiveUID(),
                owner.effectiveUID == effectiveUID(), owner.tracer == 0,
                try holdsLock(process.pid, of: lockFile, byte: lock.rawValue),
                let status = try ProcessStatus(pid: process.pid), status.startTime == process.startTime, status.state == "T"
            else { return nil }
            return handle
        } catch {
            // It is gone, or it is none that we may look into.
            if [.ESRCH, .EINVAL, .EACCES, .EPERM, .ENOENT].contains(error.errno) { return nil }
            throw .kernel(error)
        }
    }
}
