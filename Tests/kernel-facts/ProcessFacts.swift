import CLinux
import LinuxKernel
import LinuxTypes

let processFacts = [
    Fact("process-zombie-is-not-alive") {
        let boot = try bootID()
        let child = try Child(sleepForever)
        guard let identity = try ProcessIdentity(pid: child.pid, bootID: boot) else { throw Broken(description: "no identity") }
        try expect(try identity.isAlive(currentBootID: boot), "a process that sleeps is dead")
        let handle = try identity.open(currentBootID: boot)
        let opened = handle != nil
        try expect(opened, "no pidfd of a process that lives")
        try child.pidfd.descriptor.send(.kill)
        // A process that is still being taken apart has ended for us, but cannot be waited for yet.
        try eventually("a zombie") { try peekEndedChild() == child.pid }
        try expectEqual(try ProcessStatus(pid: child.pid)?.hasEnded, true)
        try expect(try !identity.isAlive(currentBootID: boot), "a zombie is alive")
        let again = try identity.open(currentBootID: boot)
        let reopened = again != nil
        try expect(!reopened, "a pidfd of a zombie")
        try expectEqual(try child.end(), .signaled(.kill, dumpedCore: false))
        try expectEqual(try ProcessStatus(pid: child.pid), nil)
        try expect(try !identity.isAlive(currentBootID: boot), "the dead are alive")
        try expectEqual(try peekEndedChild(), nil)
    },
    Fact("process-zombie-tells-how-it-ended") {
        let boot = try bootID()
        let ends: [(Int32?, ExitStatus)] = [
            (0, .exited(code: 0)), (77, .exited(code: 77)), (255, .exited(code: 255)),
            (nil, .signaled(.kill, dumpedCore: false)),
        ]
        for (code, end) in ends {
            let child = try Child { if let code { code } else { try sleepForever() } }
            guard let identity = try ProcessIdentity(pid: child.pid, bootID: boot) else {
                throw Broken(description: "no identity")
            }
            if code == nil {
                try expectEqual(try exitOfZombie(identity), nil)
                try child.pidfd.descriptor.send(.kill)
            }
            try eventually("a zombie") { try peekEndedChild() == child.pid }
            try expectEqual(try exitOfZombie(identity), end)
            let older = ProcessIdentity(bootID: boot, pid: child.pid, startTime: identity.startTime - 1)
            try expectEqual(try exitOfZombie(older), nil)
            // Who may not trace it would be told of an exit with 0.
            let stranger = try Child {
                try setUser(65_534)
                return try exitOfZombie(identity) == nil ? 0 : 1
            }
            try expectEqual(try stranger.end(), .exited(code: 0))
            try expectEqual(try child.end(), end)
            try expectEqual(try exitOfZombie(identity), nil)
        }
    },
    Fact("process-of-another-start-or-boot-is-another") {
        let boot = try bootID()
        guard let own = try ProcessIdentity(pid: currentPID(), bootID: boot) else { throw Broken(description: "no identity") }
        try expect(try own.isAlive(currentBootID: boot), "we are dead")
        try expect(try !own.isAlive(currentBootID: "another"), "alive after a reboot")
        let older = ProcessIdentity(bootID: boot, pid: own.pid, startTime: own.startTime - 1)
        try expect(try !older.isAlive(currentBootID: boot), "alive with another start time")
        let handle = try older.open(currentBootID: boot)
        let opened = handle != nil
        try expect(!opened, "a pidfd of somebody else")
    },
    Fact("process-pid-reused") {
        let boot = try bootID()
        let first = try Child(sleepForever)
        guard let identity = try ProcessIdentity(pid: first.pid, bootID: boot) else { throw Broken(description: "no identity") }
        let pid = first.pid
        try first.kill()
        // The start time counts in hundredths of a second.
        pause(milliseconds: 30)
        let second = try forkWith(pid: pid)
        guard let other = try ProcessIdentity(pid: pid, bootID: boot) else { throw Broken(description: "no second process") }
        let alive = try identity.isAlive(currentBootID: boot)
        let handle = try identity.open(currentBootID: boot)
        let opened = handle != nil
        try second.descriptor.send(.kill)
        _ = try second.descriptor.waitForExit()
        try expect(other != identity, "two processes with one identity")
        try expect(!alive && !opened, "another process of the same pid was taken for the first")
    },
    Fact("process-names-cannot-forge-their-status") {
        let child = try Child {
            try setThreadName("a) Z 1 2 (3")
            return try sleepForever()
        }
        try eventually("the name") { try ProcessStatus(pid: child.pid)?.name == "a) Z 1 2 (3" }
        let status = try ProcessStatus(pid: child.pid)
        try expect(status?.hasEnded == false, "read from the name: \(String(describing: status))")
        try expect((status?.startTime ?? 0) > 1000, "\(String(describing: status))")
        try child.kill()
    },
    Fact("process-clones-have-their-own-start-time") {
        // Asked before the clone, which has the answer in its memory.
        let mine = try ownStartTime()
        try expectEqual(mine, try ProcessStatus(pid: currentPID())?.startTime)
        pause(microseconds: 50_000)
        let child = try Child {
            let own = try ownStartTime()
            let told = try ProcessStatus(pid: currentPID())?.startTime
            return own != mine && own == told ? 0 : 1
        }
        try expectEqual(try child.end(), .exited(code: 0))
    },
    Fact("pidfd-of-nobody") {
        let child = try Child { 0 }
        let pid = child.pid
        try expectEqual(try child.end(), .exited(code: 0))
        try expectErrno(.ESRCH, "a signal to the dead") { () throws(KernelError) in try child.pidfd.descriptor.send(.terminate) }
        try expectErrno(.ECHILD, "waiting twice") { () throws(KernelError) in _ = try child.pidfd.descriptor.waitForExit() }
        try expectErrno(.ESRCH, "a pidfd of the dead") { () throws(KernelError) in _ = try openPidfd(pid) }
    },
    Fact("pidfd-waits-or-does-not") {
        let child = try Child(sleepForever)
        try expectEqual(try child.pidfd.descriptor.waitForExit(blocking: false), nil)
        try child.pidfd.descriptor.send(Signal(rawValue: 15))
        try expectEqual(try child.end(), .signaled(.terminate, dumpedCore: false))
        let codes: [Int32] = [0, 1, 77, 255]
        for code in codes { try expectEqual(try Child { code }.end(), .exited(code: code)) }
        try expectEqual(ExitStatus.signaled(.kill, dumpedCore: false).shellCode, 137)
    },
    Fact("signals-are-read-with-their-sender") {
        try setBlockedSignals(SignalSet([.terminate, .child]))
        let stream = try SignalStream(SignalSet([.terminate, .child]))
        try expect(try stream.next() == nil, "a signal from nobody")
        let own = currentPID()
        let child = try Child {
            try kill(pid: own, .terminate)
            return 0
        }
        let pid = child.pid
        _ = try child.end()
        var found: [Signal: UInt32] = [:]
        while let (signal, sender) = try stream.next() { found[signal] = sender }
        try expectEqual(found[.terminate], UInt32(pid))
        try expect(found[.child] != nil, "no SIGCHLD")
    },
]

/// A sleeping child with a pid that is free: `set_tid` of clone3(2).
private func forkWith(pid wanted: Int32) throws -> OwnedDescriptor {
    var wanted = wanted
    let result = withUnsafeMutablePointer(to: &wanted) { wanted in
        var arguments = clone_args()
        arguments.exit_signal = 17
        arguments.set_tid = UInt64(UInt(bitPattern: wanted))
        arguments.set_tid_size = 1
        return hull_clone_fork(&arguments)
    }
    if result == 0 {
        do {
            try setParentDeathSignal(.kill)
            exitImmediately(try sleepForever())
        } catch {
            exitImmediately(99)
        }
    }
    guard result > 0 else { throw Broken(description: "clone3 with set_tid: \(Errno(rawValue: Int32(-result)).name)") }
    return try openPidfd(Int32(result))
}
