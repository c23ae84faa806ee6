import Foundation
import LinuxKernel
import LinuxTypes
import OCISpec
import Testing

@testable import Cgroups

@Suite(.serialized, .enabled(if: Host.isUsable, "needs root and cgroups")) struct EndingTests {
    @Test func killingTakesAllAtAnyDepth() throws {
        let scope = try Scope()
        let cgroup = try scope.create()
        // Order: on v2 a cgroup that has given controllers down takes no processes.
        try scope.run(in: cgroup.location)
        let deep = try scope.create("c/x/y/z")
        try scope.run(in: deep.location)
        #expect(try cgroup.processes().count == 2)
        try cgroup.kill(milliseconds: 20_000)
        #expect(try cgroup.processes().isEmpty)
    }

    /// Pure v1 has neither cgroup.kill nor cgroup.events: the same value without its v2 part must do without.
    @Test func killingOnV1AloneTakesAForkBomb() throws {
        let scope = try Scope()
        guard !scope.layout.legacy.isEmpty else { return }
        let cgroup = try scope.create("c", .init(pids: .init(limit: 60)))
        try scope.run(in: cgroup.location, "f() { f | f & }; trap '' TERM; f; wait; sleep 600")
        let legacy = try Cgroup(reopening: Location(directories: cgroup.location.directories.filter { $0.version == 1 }))
        #expect(legacy.census?.directory.has(.freezer) == true)
        try legacy.kill(milliseconds: 20_000)
        #expect(try cgroup.processes().isEmpty)
    }

    @Test func killingTakesAForkBomb() throws {
        let scope = try Scope()
        let cgroup = try scope.create("c", .init(pids: .init(limit: 60)))
        try scope.run(in: cgroup.location, "f() { f | f & }; trap '' TERM; f; wait; sleep 600")
        try cgroup.kill(milliseconds: 20_000)
        #expect(try cgroup.processes().isEmpty)
    }

    @Test func killingWorksOnWhatIsFrozen() throws {
        let scope = try Scope()
        let cgroup = try scope.create()
        try scope.run(in: cgroup.location)
        try cgroup.freeze(milliseconds: 20_000)
        #expect(try cgroup.isFrozen())
        try cgroup.kill(milliseconds: 20_000)
        #expect(try cgroup.processes().isEmpty)
    }

    /// Frozen through v1 by somebody else, while we kill through v2.
    @Test func killingThawsWhatV1Froze() throws {
        let scope = try Scope()
        let cgroup = try scope.create()
        guard let freezer = cgroup.legacy(.freezer) else { return }
        try scope.run(in: cgroup.location)
        let handle = try #require(FileHandle(forWritingAtPath: freezer.directory.fullPath + "/freezer.state"))
        try handle.write(contentsOf: Data("FROZEN".utf8))
        try cgroup.kill(milliseconds: 20_000)
        #expect(try cgroup.processes().isEmpty)
    }

    @Test func freezingStopsAndThawingGoesOn() throws {
        let scope = try Scope()
        let all = try scope.create()
        let parts = [all.location, Location(directories: all.location.directories.filter { $0.version == 1 })]
        let process = try scope.run(in: all.location, "while :; do :; done")
        func spent() throws -> UInt64 {
            let fields = try readText("/proc/\(process.pid)/stat").split(separator: " ")
            return try #require(UInt64(fields[13])) + #require(UInt64(fields[14]))
        }
        for part in parts where !part.directories.isEmpty {
            let cgroup = try Cgroup(reopening: part)
            try cgroup.freeze(milliseconds: 20_000)
            #expect(try cgroup.isFrozen())
            let before = try spent()
            usleep(100_000)
            #expect(try spent() == before)
            try cgroup.thaw(milliseconds: 20_000)
            #expect(try !cgroup.isFrozen())
            #expect(try eventually { try spent() > before })
        }
        try all.kill(milliseconds: 20_000)
    }

    @Test func waitingEndsWithTheLastProcessOrTheDeadline() throws {
        let scope = try Scope()
        let all = try scope.create()
        let process = try scope.run(in: all.location)
        #expect(try !all.waitUntilEmpty(milliseconds: 30))
        let started = monotonicMicroseconds()
        DispatchQueue.global().asyncAfter(deadline: .now() + 0.3) { _ = Glibc.kill(process.pid, SIGKILL) }
        #expect(try all.waitUntilEmpty(milliseconds: 20_000))
        #expect(monotonicMicroseconds() - started > 200_000)
        let legacy = try Cgroup(reopening: Location(directories: all.location.directories.filter { $0.version == 1 }))
        #expect(try legacy.waitUntilEmpty(milliseconds: 20_000))
        process.wait()
    }

    @Test func removingABusyOneSaysWhatIsLeftAndInTime() throws {
        let scope = try Scope()
        var cgroup = try scope.create()
        let process = try scope.run(in: cgroup.location)
        let started = monotonicMicroseconds()
        let error = #expect(throws: CgroupError.self) { try cgroup.remove(milliseconds: 50) }
        #expect(monotonicMicroseconds() - started < 15_000_000)
        guard case .left(let directories, [process.pid]) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(directories.count == scope.directories("c").count)
        try cgroup.kill(milliseconds: 20_000)
        try cgroup.remove(milliseconds: 20_000)
    }

    @Test func removingTakesWhatTheContainerMadeBelow() throws {
        let scope = try Scope()
        var cgroup = try scope.create()
        try scope.makeByHand("c/" + (0..<40).map { "n\($0)" }.joined(separator: "/"))
        for index in 0..<20 { try scope.makeByHand("c/wide/w\(index)") }
        try cgroup.remove(milliseconds: 20_000)
        #expect(scope.existing("").isEmpty)
    }

    @Test func aSignalReachesAll() throws {
        let scope = try Scope()
        let cgroup = try scope.create()
        let first = try scope.run(in: cgroup.location)
        let second = try scope.run(in: cgroup.location)
        try cgroup.send(.terminate)
        #expect(first.wait() == .signaled(.terminate, dumpedCore: false))
        #expect(second.wait() == .signaled(.terminate, dumpedCore: false))
        #expect(try cgroup.waitUntilEmpty(milliseconds: 20_000))
    }

    @Test func aKillForWantOfMemoryIsCountedAndWakes() throws {
        let scope = try Scope()
        let cgroup = try scope.create("c", .init(memory: .init(limit: 8 << 20, swap: 8 << 20)))
        guard let watch = try cgroup.watchOOM() else {
            Issue.record("no memory controller counts, though a limit was set")
            return
        }
        #expect(try cgroup.oomKills() == 0)
        #expect(try !watch.take())
        let process = try scope.run(in: cgroup.location, "x=$(head -c 100000000 /dev/zero | tr '\\0' x); exit 3")
        #expect(try watch.descriptor.waitToRead(milliseconds: 20_000))
        #expect(process.wait() == .signaled(.kill, dumpedCore: false))
        #expect(try watch.take())
        #expect(try cgroup.oomKills() ?? 0 > 0)
    }
}

extension FileDescriptor {
    fileprivate func waitToRead(milliseconds: Int) throws -> Bool {
        var entries = [PollEntry(self)]
        return try waitUntilReady(&entries, milliseconds: milliseconds) && entries[0].canRead
    }
}
