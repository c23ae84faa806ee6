// What the kernel tests stand on: cgroups of their own under a name that nobody else has, and processes in them.

import Foundation
import LinuxKernel
import LinuxTypes
import OCISpec
import Testing

@testable import Cgroups

enum Host {
    static let isRoot = effectiveUID() == 0
    static let layout: Layout? = try? Layout.ofHost()
    static let isUsable = isRoot && layout != nil
    static let isPureV2 = layout?.kind == .v2
}

/// A name for the cgroups of one test. Whatever is below it is killed and removed at the end, however the test ends.
final class Scope: @unchecked Sendable {
    static let counter = Counter()
    let name = "hull-test-\(currentPID())-\(counter.next())"
    let layout: Layout
    private var children: [Child] = []

    init() throws { layout = try Layout.ofHost() }

    deinit {
        for directory in directories("") { Self.destroy(directory) }
        for child in children { child.end() }
    }

    final class Counter: @unchecked Sendable {
        private var last = 0
        private let lock = NSLock()
        func next() -> Int {
            lock.withLock {
                last += 1
                return last
            }
        }
    }

    /// A plan below this test's name.
    func plan(_ path: String = "c", _ resources: Resources? = nil) throws -> Plan {
        try Plan(layout: layout, cgroupsPath: "/\(name)/\(path)", id: "unused", resources: resources)
    }

    func create(_ path: String = "c", _ resources: Resources? = nil) throws -> Cgroup {
        var cgroup = Cgroup(try plan(path, resources))
        try cgroup.create()
        return cgroup
    }

    /// The directories of a path in all hierarchies, whether they exist or not.
    func directories(_ path: String) -> [String] {
        (layout.legacy + [layout.unified].compactMap(\.self)).map {
            "\($0.mountPoint)/\(name)" + (path.isEmpty ? "" : "/" + path)
        }
    }

    /// Which of them exist.
    func existing(_ path: String) -> [String] { directories(path).filter { FileManager.default.fileExists(atPath: $0) } }

    /// A file of the cgroup in the hierarchy that has a controller.
    func read(_ controller: Controller, _ file: String, path: String = "c") throws -> String {
        let hierarchy = try #require(layout.hierarchy(with: controller))
        return try readText("\(hierarchy.mountPoint)/\(name)/\(path)/\(file)")
    }

    /// Makes a cgroup by hand in every hierarchy, as somebody else would.
    func makeByHand(_ path: String) throws {
        for directory in directories(path) {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        }
    }

    /// A shell that enters the cgroup by itself, says so, and runs a script.
    @discardableResult
    func run(in location: Location, _ script: String = "exec sleep 600") throws -> Child {
        let files = location.directories.map { $0.fullPath + ($0.version == 2 ? "/cgroup.procs" : "/tasks") }
        let enter = "for f in \(files.joined(separator: " ")); do echo 0 >$f || exit 99; done; echo in; exec >/dev/null; "
        let child = try Child(shell: enter + script)
        children.append(child)
        #expect(child.firstLine == "in", "the process did not get into its cgroup")
        return child
    }

    /// Kills and removes a tree of cgroups: the test's last resort, in other words than the code under test.
    private static func destroy(_ directory: String) {
        guard let walker = FileManager.default.enumerator(atPath: directory) else { return }
        var all = [directory]
        for case let name as String in walker {
            var isDirectory: ObjCBool = false
            if FileManager.default.fileExists(atPath: directory + "/" + name, isDirectory: &isDirectory), isDirectory.boolValue {
                all.append(directory + "/" + name)
            }
        }
        for path in all.sorted(by: { $0.count > $1.count }) {
            for (file, value) in [("cgroup.freeze", "0"), ("freezer.state", "THAWED")] {
                if let handle = FileHandle(forWritingAtPath: path + "/" + file) {
                    try? handle.write(contentsOf: Data(value.utf8))
                }
            }
            for _ in 0..<200 {
                if rmdir(path) == 0 || errno == ENOENT { break }
                let pids = (try? readText(path + "/cgroup.procs"))?.split(separator: "\n").compactMap { Int32($0) } ?? []
                for pid in pids where pid > 0 { _ = Glibc.kill(pid, SIGKILL) }
                usleep(5000)
            }
        }
    }
}

/// Asks every 5 ms until something holds; false after 20 seconds.
func eventually(_ holds: () throws -> Bool) rethrows -> Bool {
    let end = monotonicMicroseconds() + 20_000_000
    while monotonicMicroseconds() < end {
        if try holds() { return true }
        usleep(5000)
    }
    return try holds()
}

/// A shell of ours, without blocked signals: threads of the test library block most of them.
final class Child: @unchecked Sendable {
    let pid: Int32
    /// What it printed first.
    private(set) var firstLine = ""
    private var status: LinuxKernel.ExitStatus?

    init(shell script: String) throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
        for end in ends { try FileDescriptor(end).setCloseOnExec(true) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let words: [String] = ["sh", "-c", script]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, "/bin/sh", &actions, &attributes, &arguments, environ)
        close(ends[1])
        defer { close(ends[0]) }
        guard result == 0 else { throw POSIXError(.ENOENT) }
        self.pid = pid
        var byte: UInt8 = 0
        while read(ends[0], &byte, 1) == 1, byte != 0x0a { firstLine.unicodeScalars.append(Unicode.Scalar(byte)) }
    }

    /// How it ended; waits for that.
    @discardableResult
    func wait() -> LinuxKernel.ExitStatus? {
        if let status { return status }
        var raw: Int32 = 0
        guard waitpid(pid, &raw, 0) == pid else { return nil }
        let signal = raw & 0x7f
        status = signal == 0 ? .exited(code: raw >> 8 & 0xff) : .signaled(Signal(rawValue: signal), dumpedCore: raw & 0x80 != 0)
        return status
    }

    /// Kills and reaps it, if it still runs.
    func end() {
        if status == nil { _ = Glibc.kill(pid, SIGKILL) }
        wait()
    }
}
