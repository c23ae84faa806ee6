import Foundation
import LinuxKernel
import LinuxTypes
import OCISpec
import Testing

@testable import Cgroups

@Suite(.serialized, .enabled(if: Host.isRoot && Host.isPureV2, "needs root and pure cgroup v2")) struct UnifiedKernelTests {
    @Test func withoutAPathItIsBelowHullAndHullGoesWithTheLast() throws {
        let layout = try Layout.ofHost()
        let top = try #require(layout.unified).mountPoint
        let id = "hull-test-\(currentPID())"
        var first = Cgroup(try Plan(layout: layout, cgroupsPath: nil, id: id + "-a", resources: .init(pids: .init(limit: 9))))
        var second = Cgroup(try Plan(layout: layout, cgroupsPath: nil, id: id + "-b", resources: nil))
        try first.create()
        try second.create()
        #expect(try readText("\(top)/hull/\(id)-a/pids.max") == "9")
        try first.remove(milliseconds: 20_000)
        #expect(FileManager.default.fileExists(atPath: "\(top)/hull/\(id)-b"))
        try second.remove(milliseconds: 20_000)
        #expect(!FileManager.default.fileExists(atPath: "\(top)/hull"))
    }

    @Test func aParentWithProcessesIsAClearErrorAndKeepsThem() throws {
        let scope = try Scope()
        let parent = try scope.create("p")
        try scope.run(in: parent.location)
        let error = #expect(throws: CgroupError.self) {
            _ = try scope.create("p/c", .init(memory: .init(limit: 1 << 26)))
        }
        #expect(error?.description.contains("has processes of its own") == true)
        #expect(try parent.processes().count == 1)
        #expect(scope.existing("p/c").isEmpty)
    }

    @Test func delegationGivesTheFilesThatTheKernelLists() throws {
        let scope = try Scope()
        let cgroup = try scope.create()
        try cgroup.delegate(toUser: 12_345)
        let directory = try #require(scope.existing("c").first)
        #expect(try FileDescriptor.workingDirectory.status(of: directory).uid == 12_345)
        #expect(try FileDescriptor.workingDirectory.status(of: directory + "/cgroup.procs").uid == 12_345)
        #expect(try FileDescriptor.workingDirectory.status(of: directory + "/memory.max").uid == 0)
    }

    @Test func unifiedFilesAreWrittenAsTheyAre() throws {
        let scope = try Scope()
        let cgroup = try scope.create("c", .init(unified: ["memory.high": "67108864", "cgroup.max.depth": "3"]))
        #expect(try scope.read(.memory, "memory.high") == "67108864")
        #expect(try scope.read(.memory, "cgroup.max.depth") == "3")
        let isCgroupGone = cgroup.isGone
        #expect(!isCgroupGone)
    }
}
