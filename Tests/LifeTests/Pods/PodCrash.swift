import Foundation
import Glibc
import Testing

/// A verb that is killed at a chosen write to the journal.
struct PodCrash {
    let place: PodPlace
    /// Of the pod, which need not be there yet.
    let uid: String

    /// Who is killed.
    enum Victim: String, CaseIterable, Sendable {
        /// The command, the keeper and its workers, as if the power of all that is ours had gone.
        case all
        case keeper
        case workers
    }

    /// Runs a verb and kills at the `number`th write from now on; 0 is before the first. Where there are fewer, all are killed behind the command's end. Returns how it ended, and whether there were so many writes.
    func run(_ words: [String], killing victim: Victim, at number: Int) throws -> (outcome: Outcome, wasKilled: Bool) {
        let tail = try JournalTail(place)
        let command = try place.starting(words: words)
        var writes = 0
        var wasKilled = false
        while !command.hasEnded {
            if tail.hasMoved() { writes += 1 }
            if writes >= number {
                wasKilled = true
                kill(victim, command)
                break
            }
            if Machine.isSlow { usleep(100) }
        }
        // What is still done when the command has its answer can be cut off too.
        if !wasKilled, victim == .all { kill(victim, command) }
        return (command.wait(), wasKilled)
    }

    /// How many writes a verb makes.
    func writes(_ words: [String]) throws -> Int {
        let tail = try JournalTail(place)
        let command = try place.starting(words: words)
        var writes = 0
        while !command.hasEnded {
            if tail.hasMoved() { writes += 1 }
            if Machine.isSlow { usleep(100) }
        }
        try command.wait().check("\(words)")
        return writes
    }

    private func kill(_ victim: Victim, _ command: RunningProgram) {
        if victim == .all { command.kill() }
        // Twice: a keeper that dies last may have started another worker.
        for _ in 0..<2 {
            for pid in processes {
                let name = fileText("/proc/\(pid)/comm") ?? ""
                if victim == .all || name == (victim == .keeper ? "hull-keeper\n" : "hull\n") { _ = Glibc.kill(pid, SIGKILL) }
            }
        }
    }

    /// The keeper and its workers: all that is in the keeper's cgroup.
    private var processes: [Int32] {
        for hierarchy in ["", "unified/", "pids/", "systemd/"] {
            guard let text = fileText("/sys/fs/cgroup/\(hierarchy)hull/keepers/\(uid)/cgroup.procs") else { continue }
            return text.split(separator: "\n").compactMap { Int32($0) }
        }
        return []
    }
}

extension PodPlace {
    /// Before a container of a walk runs that notes each of its runs in `/s/runs`, and holds `/s/lock` with the probe.
    func forgetRuns() { for name in ["runs", "seen", "lock"] { unlink(shared + "/" + name) } }

    /// No attempt ran twice, and no two at once.
    func expectRunsOnce(_ moment: String) {
        let runs = (fileText(shared + "/runs") ?? "").split(separator: "\n")
        #expect(Set(runs).count == runs.count, "\(moment): \(runs)")
        #expect((fileText(shared + "/seen") ?? "").contains("\"held\"") == false, "\(moment)")
    }

    /// Removes a pod after a crash, and expects that nothing is left of it. Returns whether that is so.
    func expectGone(_ pod: String, _ moment: String) throws -> Bool {
        let removal = try call("rm", "-f", pod)
        #expect(removal.succeeded, "\(moment), then rm -f: \(removal.errors)")
        // A killed keeper keeps its cgroup until the machine's init has reaped it: then whoever removes something takes it away.
        _ = eventually { (try? call("rm", "-f", pod))?.succeeded == true && Leaks.cgroups(named: podMark).isEmpty }
        let left = try leftovers()
        #expect(left == [], "\(moment), then rm -f")
        return left.isEmpty
    }
}

/// Where the journal's last record ends, as its processes tell each other: see docs/journal-format.md, shared header.
private final class JournalTail {
    private let file: Int32
    private var last: UInt64 = 0

    init(_ place: PodPlace) throws {
        let directory = place.runRoot + "/journal/"
        let name = try FileManager.default.contentsOfDirectory(atPath: directory).first { !$0.contains(".") }
        file = open(directory + (name ?? "none"), O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw LifeError("no shared header in '\(directory)'") }
        _ = hasMoved()
    }

    deinit { close(file) }

    func hasMoved() -> Bool {
        var words: (UInt64, UInt64) = (0, 0)
        guard pread(file, &words, 16, 64 + 5 * 16) == 16, words.0 == ~words.1, words.0 != last else { return false }
        last = words.0
        return true
    }
}

extension RunningProgram {
    /// Whether it has ended; it is still to be waited for.
    var hasEnded: Bool {
        var information = siginfo_t()
        return waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT | WNOHANG) != 0 || information.si_signo == SIGCHLD
    }
}
