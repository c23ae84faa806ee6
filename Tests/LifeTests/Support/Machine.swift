import Foundation
import Glibc

/// Where things are on this machine, and what it can do.
enum Machine {
    static let packageRoot: String = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { url.deleteLastPathComponent() }
        return url.path
    }()

    static func setting(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

    /// Directory with hull-runtime and hull-init.
    static let hullDirectory = setting("HULL_BIN") ?? packageRoot + "/.build/hull/bin"

    /// A root file system with busybox: HULL_ROOTFS, or the recipe's output.
    static let rootfs = setting("HULL_ROOTFS") ?? packageRoot + "/rootfs/out/rootfs"

    /// The probe lies beside the test bundle.
    static let probe: String = {
        if let path = setting("HULL_PROBE") { return path }
        let arguments = ProcessInfo.processInfo.arguments
        let bundle =
            arguments.firstIndex(of: "--test-bundle-path").map { arguments[$0 + 1] } ?? arguments.first {
                $0.hasSuffix(".xctest")
            }
            ?? arguments[0]
        let beside = URL(fileURLWithPath: bundle).deletingLastPathComponent().path + "/container-probe"
        return exists(beside) ? beside : packageRoot + "/.build/debug/container-probe"
    }()

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static let isRoot = geteuid() == 0

    /// Pure cgroup v2, as in the user-mode-linux run.
    static let hasUnifiedCgroups = exists("/sys/fs/cgroup/cgroup.controllers")

    /// Everything that these tests make carries this name: identifiers, directories, cgroups. It includes our pid, so that
    /// two runs at once do not meet.
    static let mark = "hull-life-\(getpid())"

    /// Working directory of this run, outside of /tmp only where asked for.
    static let work: String = {
        let path = (setting("HULL_LIFE_WORK") ?? "/tmp") + "/" + mark
        mkdir(path, 0o755)
        // Not through mounts that a runtime left there.
        atexit { if Leaks.mounts(below: Machine.work).isEmpty { _ = try? FileManager.default.removeItem(atPath: Machine.work) } }
        return path
    }()

    private static func isTmpfs(_ mountPoint: String) -> Bool {
        (fileText("/proc/self/mounts") ?? "").split(separator: "\n").map { $0.split(separator: " ") }
            .contains { $0[1] == mountPoint && $0[2] == "tmpfs" }
    }

    /// Whether what lies in `work` is on a disk, where stores are durable.
    static let worksOnDisk = !isTmpfs(setting("HULL_LIFE_WORK") ?? "/tmp")

    /// Where the runtimes of this run keep their state: in memory, as below /run on a usual machine.
    static let state: String = {
        let inMemory = ["/run", "/dev/shm"].first { isTmpfs($0) }
        let path = (inMemory ?? work) + "/" + mark + "-state"
        mkdir(path, 0o700)
        atexit { _ = try? FileManager.default.removeItem(atPath: Machine.state) }
        return path
    }()

    /// The same directory as mountinfo names it, from the root of its file system: another name where /tmp is one of its own.
    static let workInFileSystem: String = {
        var (point, root) = ("/", "/")
        for line in (fileText("/proc/self/mountinfo") ?? "").split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard words.count > 4, words[4] == "/" || work.hasPrefix(words[4] + "/"), words[4].count >= point.count else {
                continue
            }
            (root, point) = (words[3], words[4])
        }
        return (root == "/" ? "" : root) + work.dropFirst(point == "/" ? 0 : point.count)
    }()

    /// Of the kernel: major and minor number.
    static let release: (Int, Int) = {
        let numbers = (fileText("/proc/sys/kernel/osrelease") ?? "").split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        return numbers.count == 2 ? (numbers[0], numbers[1]) : (0, 0)
    }()

    /// User-mode Linux, where each system call takes some twenty times as long.
    static let isSlow = fileText("/proc/cpuinfo")?.contains("User Mode Linux") == true

    /// Seconds after which what has not happened is taken for what never will. Only failures take so long, and a machine may be
    /// busy and its kernel slow: nothing is proved by less.
    static let patience = 90.0

    /// Our own null device: runtimes that give their streams to the container's user must not do so to the host's.
    static let null: String = {
        let path = work + "/null"
        let made = mknod(path, S_IFCHR | 0o666, 0x103) == 0 && chmod(path, 0o666) == 0
        return made || exists(path) ? path : "/dev/null"
    }()

    static let hostNamespaces: [String: String] = Dictionary(
        uniqueKeysWithValues: ["cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"].compactMap { kind in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/\(kind)")).map { (kind, $0) }
        })

    /// Whether the kernel knows a file system.
    static func hasFileSystem(_ name: String) -> Bool {
        (fileText("/proc/filesystems") ?? "").split(separator: "\n").contains { $0.hasSuffix("\t" + name) }
    }

    /// A file for weights of block devices: on v2 only with one of two schedulers, and in every cgroup but the root.
    static let hasBlockWeight: Bool = {
        guard hasUnifiedCgroups else { return controllers.contains("blkio") }
        let own = (fileText("/proc/self/cgroup") ?? "").split(separator: "\n").first.map { String($0.dropFirst(3)) } ?? ""
        return ["io.weight", "io.bfq.weight"].contains { exists("/sys/fs/cgroup\(own)/\($0)") }
    }()

    /// Controllers that limits can be tested with: of the unified tree where pure, else the mounted hierarchies.
    static let controllers: Set<String> = {
        if hasUnifiedCgroups {
            let text = fileText("/sys/fs/cgroup/cgroup.controllers") ?? ""
            return Set(text.split(whereSeparator: \.isWhitespace).map { $0 == "io" ? "blkio" : String($0) }).union(["devices"])
        }
        return Set((try? FileManager.default.contentsOfDirectory(atPath: "/sys/fs/cgroup")) ?? [])
    }()
}
