import CLinux
import Glibc
import Journal
import LinuxKernel
import LinuxTypes

// Who keeps the journal's lock is helped to go on if he is stopped, and let be if he is not, or is not proved to be the one.

let journalHolderFacts = [
    Fact("journal-continues-a-stopped-holder") {
        let scene = try HolderScene()
        let holder = try scene.holder(isNamed: true) {
            try stopSelf()
            return true
        }
        try scene.putPatiently("/mine")
        try expect(try !hasEnded(holder.pid), "killed")
        try holder.kill()
    },
    Fact("journal-finds-a-stopped-holder-that-has-not-said-its-name") {
        let scene = try HolderScene()
        let holder = try scene.holder(isNamed: false) {
            try stopSelf()
            return true
        }
        try scene.putPatiently("/mine")
        try expect(try !hasEnded(holder.pid), "killed")
        try holder.kill()
    },
    Fact("journal-kills-a-holder-that-is-stopped-again-and-again") {
        let scene = try HolderScene()
        let holder = try scene.holder(isNamed: true) {
            try stopSelf()
            return false
        }
        let start = monotonicMicroseconds()
        var refusals = 0
        while true {
            do throws(JournalError) {
                try scene.journal.put("/mine", [1], .volatile)
                break
            } catch {
                guard case .busy(let found) = error else { throw error }
                try expectEqual(found.pid, holder.pid)
                refusals += 1
                try expect(refusals < 20, "never killed")
            }
        }
        let seconds = Double(monotonicMicroseconds() - start) / 1e6
        try expect(seconds > 9.9 && seconds < 60, "killed after \(seconds) s")
        try expect(refusals >= 3, "each waits two seconds: \(refusals) gave up")
        try expectEqual(try holder.end(), .signaled(.kill, dumpedCore: false))
    },
    Fact("journal-continues-a-stopped-syncer") {
        let scene = try HolderScene()
        let holder = try scene.holder(isNamed: false, byte: 1) {
            try stopSelf()
            return true
        }
        let start = monotonicMicroseconds()
        try scene.journal.put("/mine", [1], .durable)
        try expect(monotonicMicroseconds() - start < 10_000_000, "continued only after a while")
        try expect(try !hasEnded(holder.pid), "killed")
        try holder.kill()
    },
    Fact("journal-leaves-a-slow-holder-alone") {
        let scene = try HolderScene()
        let holder = try scene.holder(isNamed: true) {
            pause(milliseconds: 100)
            return false
        }
        try scene.expectBusy(holder.pid, "S")
        try expect(try !hasEnded(holder.pid), "killed")
        try holder.kill()
    },
    Fact("journal-leaves-a-traced-holder-alone") {
        let scene = try HolderScene()
        let holder = try scene.holder(isNamed: true) {
            pause(milliseconds: 100)
            return false
        }
        let pid = holder.pid
        let tracer = try Child {
            // PTRACE_SEIZE, then PTRACE_INTERRUPT.
            guard hull_syscall(Int(__NR_ptrace), 0x4206, Int(pid), 0, 0, 0, 0) == 0,
                hull_syscall(Int(__NR_ptrace), 0x4207, Int(pid), 0, 0, 0, 0) == 0
            else { return 1 }
            return try sleepForever()
        }
        try eventually("the tracing stop") { try ProcessStatus(pid: pid)?.state == "t" }
        try scene.expectBusy(pid, "t")
        try expect(try ProcessStatus(pid: pid)?.state == "t", "continued")
        try tracer.kill()
        try holder.kill()
    },
    Fact("journal-leaves-a-holder-of-another-user-alone") {
        let scene = try HolderScene()
        let holder = try scene.holder(isNamed: true) {
            // The real uid alone: the effective one owns the store.
            guard hull_syscall(Int(__NR_setresuid), 65534, 0, 0, 0, 0, 0) == 0 else { throw Broken(description: "setresuid") }
            try stopSelf()
            return true
        }
        try scene.expectBusy(holder.pid, "T")
        try expect(try ProcessStatus(pid: holder.pid)?.state == "T", "continued")
        try holder.kill()
        try scene.journal.put("/mine", [2], .volatile)
    },
    Fact("journal-signals-nobody-who-is-not-the-holder") {
        let scene = try HolderScene()
        // Named, stopped, and without the lock: he let go of it long ago.
        let former = try scene.holder(isNamed: true, byte: nil) {
            try stopSelf()
            return true
        }
        let holder = try scene.holder(isNamed: false) {
            pause(milliseconds: 100)
            return false
        }
        try scene.expectBusy(former.pid, "T")
        try expect(try ProcessStatus(pid: former.pid)?.state == "T", "continued, though another holds the lock")
        // A pid that was given again: the holder's, to a process that started at another time.
        try scene.name(holder.pid, startTime: 1)
        try scene.expectBusy(0, "?")
        try scene.name(former.pid, startTime: 1)
        try scene.expectBusy(0, "?")
        try expect(try ProcessStatus(pid: former.pid)?.state == "T", "continued, though of another start time")
        try former.kill()
        try holder.kill()
        try scene.journal.put("/mine", [2], .volatile)
    },
]

/// A store, and processes that hold a lock of it as long as is wanted.
private struct HolderScene: ~Copyable {
    let place: JournalPlace
    let journal: Journal

    init() throws {
        let place = try JournalPlace()
        let journal = try place.open()
        try journal.put("/first", [1], .volatile)
        self.place = place
        self.journal = journal
    }

    /// A child that has the lock of a byte and calls `turn` until it says that it may let go. `isNamed`: the shared header names it as the writer's lock's
    /// holder. Returns when it has the lock, and is stopped if that is what it does.
    func holder(isNamed: Bool, byte: Int64? = 0, _ turn: () throws -> Bool) throws -> Child {
        let ready = try Pipe()
        let write = ready.writeEnd.descriptor
        let directory = place.directory
        let runDirectory = place.runDirectory
        let child = try Child {
            if isNamed { try Journal.open(directory, runDirectory: runDirectory).put("/named", [1], .volatile) }
            let file = try FileDescriptor.workingDirectory.open(directory.string + "/lock", .readWrite)
            if let byte, try !file.descriptor.tryLock(byte: byte) { return 1 }
            try write.writeAll([1])
            while try !turn() {}
            if let byte { try file.descriptor.unlock(byte: byte) }
            return try sleepForever()
        }
        _ = try ready.readEnd.descriptor.readSome(1)
        // It stops, or sleeps, right after.
        try eventually("the holder stands") {
            guard let state = try ProcessStatus(pid: child.pid)?.state else { return false }
            return state == "T" || state == "S"
        }
        return child
    }

    /// Puts a key while somebody else has the lock. A machine that stands still for a moment makes one wait of two seconds too short; the holder would be killed after ten.
    func putPatiently(_ key: Key) throws {
        let end = monotonicMicroseconds() + 8_000_000
        while true {
            do throws(JournalError) {
                try journal.put(key, [1], .volatile)
                return
            } catch {
                guard case .busy = error, monotonicMicroseconds() < end else { throw error }
            }
        }
    }

    /// The wait ends after two seconds, and names who the shared header does.
    func expectBusy(_ pid: Int32, _ state: Character, line: Int = #line) throws {
        let start = monotonicMicroseconds()
        do throws(JournalError) {
            try journal.put("/mine", [1], .volatile)
        } catch {
            guard case .busy(let found) = error else { throw error }
            try expectEqual(found.pid, pid, line: line)
            try expectEqual(found.state, String(state), line: line)
            let waited = monotonicMicroseconds() - start
            try expect(waited > 1_900_000 && waited < 30_000_000, "gave up after \(waited) µs", line: line)
            // Looking does not wait for it.
            try expectEqual(try journal.value(of: "/first")?.value, [1], line: line)
            return
        }
        throw Broken(description: "line \(line): written, though the lock is held")
    }

    /// Writes somebody else's name into the shared header.
    func name(_ pid: Int32, startTime: UInt64) throws {
        let directory = try FileDescriptor.workingDirectory.open(place.runDirectory.string, [.readOnly, .directory])
        let names = try directory.descriptor.directoryEntries().filter { $0.hasPrefix("journal-") && !$0.contains(".") }
        try expectEqual(names.count, 1)
        let file = try directory.descriptor.open(names[0], .readWrite)
        let words = [UInt64(UInt32(bitPattern: pid)), startTime].flatMap { [$0, ~$0] }
        try words.withUnsafeBytes { bytes in try file.descriptor.write(bytes, at: 160, subject: names[0]) }
    }
}

private func stopSelf() throws(KernelError) { try kill(pid: currentPID(), .stop) }

func hasEnded(_ pid: Int32) throws -> Bool { try ProcessStatus(pid: pid)?.hasEnded ?? true }
