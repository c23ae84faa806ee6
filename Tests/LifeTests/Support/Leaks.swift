import Foundation
import Glibc
import Synchronization
import Testing

/// What a test left on the machine. Only what carries our mark counts: other people work here too.
enum Leaks {
    static func mounts(below directory: String) -> [String] {
        (fileText("/proc/self/mountinfo") ?? "").split(separator: "\n").compactMap { line in
            let point = String(line.split(separator: " ")[4])
            return point == directory || point.hasPrefix(directory + "/") ? point : nil
        }
    }

    /// The lines of mountinfo that are cgroups.
    static var cgroupMounts: [String] {
        (fileText("/proc/self/mountinfo") ?? "").split(separator: "\n").map(String.init).filter { $0.contains(" - cgroup") }
    }

    static func cgroups(named name: String) -> [String] {
        let found = try? run(["find", "/sys/fs/cgroup", "-type", "d", "-name", "*\(name)*"])
        return found?.lines ?? []
    }

    /// Processes in a cgroup of that name, or that run in, or were started with, a path of that name.
    static func processes(named name: String) -> [String] {
        let own = String(getpid())
        return ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { entry in
            guard let pid = Int32(entry), entry != own, pid > 2 else { return nil }
            let root = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(entry)/root")) ?? ""
            let command = (fileText("/proc/\(entry)/cmdline") ?? "").replacingOccurrences(of: "\0", with: " ")
            let texts = [root, command, fileText("/proc/\(entry)/cgroup") ?? ""]
            guard texts.contains(where: { $0.contains(name) }), !isZombie(pid) else { return nil }
            return "\(entry) '\(command)'"
        }
    }

    static func isZombie(_ pid: Int32) -> Bool {
        guard let text = fileText("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else { return true }
        return text[text.index(after: end)...].dropFirst().first == "Z"
    }

    /// Everything that is left of a container with this id under this runtime, as one line each.
    static func of(_ bundle: Bundle, runtime: Runtime) -> [String] {
        var left = mounts(below: bundle.work).map { "mount \($0)" }
        // Processes that have been killed need a moment to go.
        if !eventually({ processes(named: bundle.id).isEmpty }) {
            left += processes(named: bundle.id).map { "process \($0)" }
        }
        left += cgroups(named: bundle.id).map { "cgroup \($0)" }
        // The peers' directories, and ours.
        for root in [runtime.root, runtime.root + "/containers"] {
            let states = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
            left += states.filter { $0.contains(bundle.id) }.map { "state \(root)/\($0)" }
        }
        return left
    }

    /// Everything of this run, whoever made it.
    static var all: [String] {
        // The dash keeps hull-life-12 from matching hull-life-123.
        let name = Machine.mark + "-"
        return mounts(below: Machine.work) + cgroups(named: name) + processes(named: name)
    }

    static let inUse = Identifiers()

    /// Ends what runs in leaked cgroups and removes them, so that one leak fails one test.
    static func clearCgroups(named name: String) {
        let left = cgroups(named: name)
        for path in left {
            for pid in (fileText(path + "/cgroup.procs") ?? "").split(separator: "\n").compactMap({ Int32($0) }) {
                kill(pid, SIGKILL)
            }
        }
        for path in left.reversed() { _ = eventually { rmdir(path) == 0 || !Machine.exists(path) } }
    }

    static var descriptors: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []).sorted()
    }
}

/// The ids of bundles that a test works with at this moment.
final class Identifiers: Sendable {
    private let known = Mutex<Set<String>>([])

    func add(_ id: String) { known.withLock { _ = $0.insert(id) } }
    func remove(_ id: String) { known.withLock { _ = $0.remove(id) } }

    /// Whether a text names one of them, or the directory of its bundle.
    func appear(in text: String) -> Bool {
        known.withLock { known in
            known.contains {
                text.contains($0) || text.contains(Machine.work + "/" + $0.dropFirst(Machine.mark.count + 1).dropLast())
            }
        }
    }
}

/// Fails a suite that leaves mounts, cgroups or processes behind. What other suites work with at the same time does not count.
struct LeakCheck: SuiteTrait, TestScoping {
    func provideScope(for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void) async throws {
        try await function()
        var left: [String] = []
        // What another suite has just made or is about to end is gone, or in use, a moment later.
        _ = eventually {
            left = Leaks.all.filter { !Leaks.inUse.appear(in: $0) }
            return left.isEmpty
        }
        #expect(left == [], "left by \(test.name)")
    }
}

extension Trait where Self == LeakCheck {
    static var leakCheck: LeakCheck { LeakCheck() }
}
