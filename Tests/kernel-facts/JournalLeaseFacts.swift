import Glibc
import Journal
import LinuxKernel
import LinuxTypes

// Leases between real processes: who holds one is killed, who watches sleeps, and the clock is the kernel's.

let journalLeaseFacts = [
    Fact("journal-lease-ends-with-its-process-and-wakes-who-watches") {
        let place = try JournalPlace()
        let journal = try place.open()
        let holder = try leaseHolder(place)
        let directory = place.directory
        let runDirectory = place.runDirectory
        try eventually("the key") { try journal.value(of: "/job") != nil }
        let watcher = try Child {
            let journal = try Journal.open(directory, runDirectory: runDirectory)
            return try sleepUntilDeleted("/job", journal, runDirectory)
        }
        pause(milliseconds: 200)
        try expect(try !hasEnded(watcher.pid), "the lease of a living process has ended")
        try expectEqual(try journal.value(of: "/job")?.isLeaseExpired, false)
        // Order: not waited for. A zombie runs nothing any more.
        try holder.pidfd.descriptor.send(.kill)
        let start = monotonicMicroseconds()
        try expectEqual(try watcher.end(), .exited(code: 0))
        try expect(monotonicMicroseconds() - start < 20_000_000, "woken late")
        try expectEqual(try holder.end(), .signaled(.kill, dumpedCore: false))
        try expectEqual(try journal.value(of: "/job"), nil)
        try expectEqual(try journal.leases(), [])
        try expectEqual(try journal.check(), [])
    },
    Fact("journal-lease-of-a-killed-process-ends-before-the-next-write") {
        let place = try JournalPlace()
        let journal = try place.open()
        let holder = try leaseHolder(place)
        try eventually("the key") { try journal.value(of: "/job") != nil }
        let claim = Transaction(if: [.isAbsent("/job")], then: [.put("/job", value: [2])])
        try expect(try !journal.commit(claim, .volatile).succeeded, "the lease of a living process has ended")
        try holder.kill()
        let reader = try Journal.open(place.directory, runDirectory: place.runDirectory, isWritable: false)
        try expectEqual(try reader.value(of: "/job")?.isLeaseExpired, true)
        try expectEqual(try reader.watch(.all).poll().events.count, 0)
        let answer = try journal.commit(claim, .volatile)
        try expect(answer.succeeded, "the next writer sees a dead key")
        let events = try reader.watch(.key("/job"), from: 1).poll().events
        try expectEqual(events.map(\.kind), [.put, .delete, .put])
        try expectEqual(events.map(\.keyValue.modRevision).last, answer.revision)
        try expect(events[1].keyValue.modRevision < answer.revision, "a transaction of its own")
    },
    Fact("journal-lease-wakes-at-its-deadline-and-not-before") {
        let place = try JournalPlace()
        let journal = try place.open()
        let directory = place.directory
        let runDirectory = place.runDirectory
        let late = try journal.grantLease(milliseconds: 60_000, .volatile)
        let lease = try journal.grantLease(milliseconds: 400, .volatile)
        let start = monotonicMicroseconds()
        _ = try journal.commit(
            Transaction(then: [.put("/soon", value: [1], lease: lease.id), .put("/late", value: [1], lease: late.id)]), .volatile)
        let watcher = try Child {
            let journal = try Journal.open(directory, runDirectory: runDirectory)
            return try sleepUntilDeleted("/soon", journal, runDirectory)
        }
        try expectEqual(try watcher.end(), .exited(code: 0))
        let milliseconds = (monotonicMicroseconds() - start) / 1000
        try expect(milliseconds >= 390 && milliseconds < 20_000, "ended after \(milliseconds) ms")
        try expectEqual(try journal.range(RangeRequest(.all)).keyValues.map(\.key), ["/late"])
        try expectEqual(try journal.leases().map(\.id), [late.id])
    },
    Fact("journal-lease-of-a-reused-pid-is-over") {
        let place = try JournalPlace()
        let journal = try place.open()
        let pid = try killedHolder(journal)
        // The next tick of the clock by which processes start.
        pause(milliseconds: 30)
        try withProcess(pid) {
            try expectEqual(try journal.value(of: "/job")?.isLeaseExpired, true)
            try journal.put("/next", [1], .volatile)
            try expectEqual(try journal.value(of: "/job"), nil)
        }
    },
    Fact("journal-lease-is-granted-for-the-process-that-was-meant") {
        let place = try JournalPlace()
        let journal = try place.open()
        let child = try Child(sleepForever)
        guard let status = try ProcessStatus(pid: child.pid) else { throw Broken(description: "no child") }
        try expectNoProcess { () throws(JournalError) in
            _ = try journal.grantLease(process: child.pid, startTime: status.startTime + 1, .volatile)
        }
        let lease = try journal.grantLease(process: child.pid, startTime: status.startTime, .volatile)
        try expectEqual(lease.term, .process(pid: child.pid, startTime: status.startTime))
        try child.kill()
        try expectNoProcess { () throws(JournalError) in _ = try journal.grantLease(process: child.pid, .volatile) }
        try expectNoProcess { () throws(JournalError) in _ = try journal.grantLease(process: 0, .volatile) }
        try expectEqual(try journal.leases().map(\.isExpired), [true])
        try journal.endLeases()
        try expectEqual(try journal.leases(), [])
    },
    Fact("journal-lease-takes-nobody-of-another-pid-namespace-for-dead") {
        let place = try JournalPlace()
        let journal = try place.open()
        _ = try killedHolder(journal)
        // In a PID namespace of its own, below the /proc of this one.
        let side = try forkIntoNamespaces([.pid], asSibling: false)
        guard case .parent(let pid) = side else {
            do {
                let inside = try Journal.open(place.directory, runDirectory: place.runDirectory)
                try inside.put("/inside", [1], .volatile)
                try expectNoProcess { () throws(JournalError) in
                    _ = try inside.grantLease(process: currentPID(), .volatile)
                }
                exitImmediately(try inside.value(of: "/job")?.isLeaseExpired == false ? 0 : 1)
            } catch { exitImmediately(2) }
        }
        let handle = try openPidfd(pid)
        try expectEqual(try handle.descriptor.waitForExit(), .exited(code: 0))
        try expectEqual(try journal.value(of: "/job")?.isLeaseExpired, true)
    },
]

/// A process that holds a key by its own life.
private func leaseHolder(_ place: borrowing JournalPlace) throws -> Child {
    let directory = place.directory
    let runDirectory = place.runDirectory
    return try Child {
        let journal = try Journal.open(directory, runDirectory: runDirectory)
        let lease = try journal.grantLease(process: currentPID(), .volatile)
        _ = try journal.commit(Transaction(then: [.put("/job", value: [1], lease: lease.id)]), .volatile)
        return try sleepForever()
    }
}

/// Puts a key that hangs on a process, which is killed. Returns its pid, which is free then.
private func killedHolder(_ journal: Journal) throws -> Int32 {
    let child = try Child(sleepForever)
    let lease = try journal.grantLease(process: child.pid, .volatile)
    _ = try journal.commit(Transaction(then: [.put("/job", value: [1], lease: lease.id)]), .volatile)
    try child.kill()
    return child.pid
}

/// Watches without asking again and again, until a key is deleted. Ends with 0 then, with 1 where it was woken too often.
private func sleepUntilDeleted(_ key: Key, _ journal: Journal, _ runDirectory: HostPath) throws -> Int32 {
    let writes = try ModificationWatch()
    try writes.add(runDirectory.string)
    let watch = try journal.watch(.key(key))
    for _ in 0..<20 {
        let leases = try journal.leaseSignal()
        if try watch.poll().events.contains(where: { $0.kind == .delete }) { return 0 }
        var entries = [PollEntry(writes.descriptor)] + leases.entries
        _ = try waitUntilReady(&entries, milliseconds: 20_000)
        _ = try writes.take()
    }
    return 1
}

/// With another process that has a pid which is free.
private func withProcess(_ pid: Int32, _ body: () throws -> Void) throws {
    let last = "/proc/sys/kernel/ns_last_pid"
    for _ in 0..<500 {
        do throws(KernelError) {
            let file = try FileDescriptor.workingDirectory.open(last, .writeOnly)
            try file.descriptor.writeAll(Array("\(pid - 1)".utf8))
        } catch {
            guard error.errno == .ENOENT else { throw error }
            throw Missing(what: "this kernel lets nobody say the next pid")
        }
        let child = try Child(sleepForever)
        // Somebody else may have started one in between.
        let isIt = child.pid == pid
        if isIt { try body() }
        try child.kill()
        if isIt { return }
    }
    throw Broken(description: "no process of pid \(pid)")
}

private func expectNoProcess(line: Int = #line, _ body: () throws(JournalError) -> Void) throws {
    do throws(JournalError) { try body() } catch {
        guard case .noProcess = error else { throw error }
        return
    }
    throw Broken(description: "line \(line): granted")
}
