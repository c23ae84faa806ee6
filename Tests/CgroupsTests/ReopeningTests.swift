import Foundation
import LinuxKernel
import LinuxTypes
import Testing

@testable import Cgroups

@Suite(.serialized, .enabled(if: Host.isUsable, "needs root and cgroups")) struct ReopeningTests {
    @Test func anotherProcessFindsKillsAndRemovesIt() throws {
        let scope = try Scope()
        let location = try scope.create().location
        let process = try scope.run(in: location)
        var again = try Cgroup(reopening: location)
        #expect(again.location == location)
        #expect(try again.processes() == [process.pid])
        try again.kill(milliseconds: 20_000)
        try again.remove(milliseconds: 20_000)
        #expect(scope.existing("").isEmpty)
    }

    @Test func aLaterOneOfTheSameNameIsNotOurs() throws {
        let scope = try Scope()
        try scope.makeByHand("")
        var first = try scope.create()
        let location = first.location
        try first.remove(milliseconds: 20_000)
        let second = try scope.create()
        try scope.run(in: second.location)
        var stale = try Cgroup(reopening: location)
        let isStaleGone = stale.isGone
        #expect(isStaleGone)
        #expect(try stale.processes().isEmpty)
        try stale.kill(milliseconds: 100)
        try stale.remove(milliseconds: 100)
        #expect(try second.processes().count == 1)
        #expect(scope.existing("c").count == scope.directories("c").count)
    }

    @Test func oneThatIsGoneIsFine() throws {
        let scope = try Scope()
        var cgroup = try scope.create()
        let location = cgroup.location
        try cgroup.remove(milliseconds: 20_000)
        var again = try Cgroup(reopening: location)
        let isAgainGone = again.isGone
        #expect(isAgainGone)
        #expect(try again.waitUntilEmpty(milliseconds: 0))
        #expect(try again.oomKills() == nil)
        #expect(again.intoDescriptor == nil)
        if !scope.layout.legacy.isEmpty {
            let error = #expect(throws: CgroupError.self) { try again.openTasks() }
            #expect(error?.description.contains("the cgroup is gone") == true)
        }
        try again.remove(milliseconds: 0)
    }

    /// As a maker that was killed between its record and the first directory leaves it.
    @Test func whatWasOnlyIntendedIsRemovedWhereItIsEmptyAndNeverKilledInto() throws {
        let scope = try Scope()
        let intended = try scope.plan().survey()
        #expect(intended.directories.allSatisfy { $0.id == 0 && $0.made == 2 })
        // Somebody else makes the very same, and lives in it.
        let others = try scope.create()
        let process = try scope.run(in: others.location)
        var again = try Cgroup(reopening: intended)
        let isGone = again.isGone
        #expect(!isGone)
        #expect(try again.processes() == [])
        try again.kill(milliseconds: 100)
        try again.send(.kill)
        #expect(throws: CgroupError.self) { try again.remove(milliseconds: 100) }
        #expect(try others.processes() == [process.pid])
        #expect(scope.existing("c").count == scope.directories("c").count)
        // What is empty goes, with the parents that were to be made.
        process.end()
        try again.remove(milliseconds: 5000)
        #expect(scope.existing("").isEmpty)
    }

    @Test func whatWasIntendedAndNeverMadeIsGone() throws {
        let scope = try Scope()
        var cgroup = try Cgroup(reopening: try scope.plan().survey())
        let isGone = cgroup.isGone
        #expect(isGone)
        try cgroup.remove(milliseconds: 0)
    }

    @Test(arguments: ["/../x", "/a\nb", "", "/"]) func aLocationThatLeavesTheTreeIsRefused(path: String) throws {
        let directory = Location.Directory(
            version: 2, controllers: "", mountPoint: "/sys/fs/cgroup", path: path, made: 1, id: 1)
        #expect(throws: CgroupError.self) { _ = try Cgroup(reopening: Location(directories: [directory])) }
    }

    @Test func moreMadeThanThereAreIsRefused() {
        let directory = Location.Directory(
            version: 1, controllers: "cpu", mountPoint: "/sys/fs/cgroup/cpu", path: "/a", made: 2, id: 1)
        #expect(throws: CgroupError.self) { _ = try Cgroup(reopening: Location(directories: [directory])) }
    }

    @Test(arguments: [true, false]) func aPathOnAnotherFileSystemIsNotACgroup(hasID: Bool) throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("hull-no-cgroup-\(currentPID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let location = Location.Directory(
            version: 2, controllers: "", mountPoint: directory.deletingLastPathComponent().path.trimmingSuffix("/"),
            path: "/" + directory.lastPathComponent, made: 1,
            id: hasID ? try FileDescriptor.workingDirectory.status(of: directory.path).inode : 0)
        var cgroup = try Cgroup(reopening: Location(directories: [location]))
        let isCgroupGone = cgroup.isGone
        #expect(isCgroupGone)
        try cgroup.remove(milliseconds: 0)
        #expect(FileManager.default.fileExists(atPath: directory.path))
    }

    @Test func aChildIsBornInTheV2CgroupAndEntersTheOthersByTasks() throws {
        let scope = try Scope()
        var cgroup = Cgroup(try scope.plan())
        try cgroup.prepareUnified()
        guard let into = cgroup.intoDescriptor else {
            try cgroup.prepareLegacy()
            return
        }
        let program = try FileDescriptor.workingDirectory.open("/bin/sleep", .readOnly)
        let null = try FileDescriptor.workingDirectory.open("/dev/null", .readWrite)
        var request = CloneRequest()
        request.cgroup = into
        let child = try cloneAndExecute(
            request, executable: program.descriptor, socket: null.descriptor, arguments: ["sleep", "600"])
        try cgroup.prepareLegacy()
        #expect(cgroup.taskDescriptors.count == scope.layout.legacy.count)
        #expect(try cgroup.processes() == [child.pid])
        for tasks in cgroup.taskDescriptors { try tasks.writeOnce("\(child.pid)", subject: "tasks") }
        let memberships = Membership.parse(try readText("/proc/\(child.pid)/cgroup"))
        #expect(memberships.filter { $0.path.hasSuffix("/\(scope.name)/c") }.count == scope.directories("c").count)
        try cgroup.kill(milliseconds: 20_000)
        #expect(try child.pidfd.descriptor.waitForExit() == .signaled(.kill, dumpedCore: false))
        try cgroup.remove(milliseconds: 20_000)
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String { hasSuffix(suffix) ? String(dropLast(suffix.count)) : self }
}
