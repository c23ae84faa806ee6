import Foundation
import LinuxKernel
import LinuxTypes
import OCISpec
import Testing

@testable import Cgroups

@Suite(.serialized, .enabled(if: Host.isUsable, "needs root and cgroups")) struct CgroupLifeTests {
    private let mib: Int64 = 1 << 20

    @Test func theLayoutByGuessIsTheLayoutByMounts() throws {
        let layout = try Layout.ofHost()
        let slow = Layout(
            memberships: Membership.parse(try readText("/proc/self/cgroup")),
            mounts: CgroupMount.parse(try readText("/proc/self/mountinfo")), unifiedControllers: layout.unified?.controllers ?? []
        )
        #expect(layout.legacy == slow.legacy)
        #expect(layout.unified?.mountPoint == slow.unified?.mountPoint)
        #expect(layout.unified?.own == slow.unified?.own)
    }

    @Test func limitsAreInTheKernelAndNothingIsLeft() throws {
        let scope = try Scope()
        var resources = Resources(pids: .init(limit: 33))
        let hasCPU = scope.layout.hierarchy(with: .cpu) != nil
        resources.cpu = hasCPU ? .init(shares: 512) : nil
        resources.memory = .init(limit: 64 * mib, reservation: 32 * mib)
        var cgroup = try scope.create("c", resources)
        #expect(try scope.read(.pids, "pids.max") == "33")
        let memory = try #require(scope.layout.hierarchy(with: .memory))
        if memory.version == .v1 {
            #expect(try scope.read(.memory, "memory.limit_in_bytes") == String(64 * mib))
            #expect(try scope.read(.memory, "memory.soft_limit_in_bytes") == String(32 * mib))
            if hasCPU { #expect(try scope.read(.cpu, "cpu.shares") == "512") }
        } else {
            #expect(try scope.read(.memory, "memory.max") == String(64 * mib))
            #expect(try scope.read(.memory, "memory.low") == String(32 * mib))
            #expect(try scope.read(.memory, "memory.oom.group") == "1")
            if hasCPU { #expect(try scope.read(.cpu, "cpu.weight") == "59") }
        }
        #expect(scope.existing("c").count == scope.directories("c").count)
        try cgroup.remove(milliseconds: 20_000)
        #expect(scope.existing("").isEmpty)
        #expect(cgroup.location.directories.isEmpty)
    }

    @Test func aLimitThatTheKernelRefusesNamesItsFieldAndLeavesNothing() throws {
        let scope = try Scope()
        let error = #expect(throws: CgroupError.self) {
            // Not a list that any machine has; the syntax is fine.
            _ = try scope.create("c", .init(pids: .init(limit: .max), unified: [:]))
        }
        guard case .setting(let file, _, let pointer, let cause) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(file.hasSuffix("/c/pids.max"))
        #expect(pointer == "/linux/resources/pids/limit")
        #expect(cause.errno == .EINVAL)
        #expect(scope.existing("").isEmpty)
    }

    @Test func oneThatIsThereAndEmptyIsUsedAndStays() throws {
        let scope = try Scope()
        try scope.makeByHand("given")
        var cgroup = try scope.create("given", .init(pids: .init(limit: 5)))
        #expect(cgroup.location.directories.allSatisfy { $0.made == 0 })
        try scope.run(in: cgroup.location)
        try cgroup.kill(milliseconds: 20_000)
        try cgroup.remove(milliseconds: 20_000)
        #expect(scope.existing("given").count == scope.directories("given").count)
    }

    @Test func givenParentsStayAndOwnOnesGo() throws {
        let scope = try Scope()
        try scope.makeByHand("given")
        var first = try scope.create("given/ours/more/c")
        var second = try scope.create("given/ours/d")
        #expect(first.location.directories.allSatisfy { $0.made == 3 })
        try second.remove(milliseconds: 20_000)
        try first.remove(milliseconds: 20_000)
        #expect(scope.existing("given/ours").isEmpty)
        #expect(scope.existing("given").count == scope.directories("given").count)
    }

    @Test func aParentThatOthersUseStays() throws {
        let scope = try Scope()
        var first = try scope.create("pod/a")
        let second = try scope.create("pod/b")
        try first.remove(milliseconds: 20_000)
        #expect(scope.existing("pod/b").count == scope.directories("pod/b").count)
        let isSecondGone = second.isGone
        #expect(!isSecondGone)
    }

    @Test func oneWithProcessesIsRefused() throws {
        let scope = try Scope()
        let first = try scope.create()
        try scope.run(in: first.location)
        let error = #expect(throws: CgroupError.self) { _ = try scope.create() }
        #expect(error?.description.contains("container's cgroup is not empty") == true)
        #expect(try first.processes().count == 1)
        #expect(scope.existing("c").count == scope.directories("c").count)
    }

    @Test func oneWithProcessesBelowIsRefused() throws {
        let scope = try Scope()
        let below = try scope.create("c/below")
        try scope.run(in: below.location)
        #expect(throws: CgroupError.self) { _ = try scope.create("c") }
        #expect(try below.processes().count == 1)
    }

    @Test func aFrozenOneAndOneBelowAFrozenOneAreRefused() throws {
        let scope = try Scope()
        try scope.makeByHand("frozen")
        let frozen = try scope.create("frozen")
        // Nothing is in it, so there is nothing to wait for.
        for directory in frozen.location.directories {
            let (file, value) = directory.version == 2 ? ("cgroup.freeze", "1") : ("freezer.state", "FROZEN")
            if directory.version == 1, !directory.has(.freezer) { continue }
            let handle = try #require(FileHandle(forWritingAtPath: directory.fullPath + "/" + file))
            try handle.write(contentsOf: Data(value.utf8))
        }
        for path in ["frozen", "frozen/below"] {
            let error = #expect(throws: CgroupError.self) { _ = try scope.create(path) }
            #expect(error?.description.contains("container's cgroup is frozen") == true)
        }
        #expect(scope.existing("frozen/below").isEmpty)
        try frozen.thaw(milliseconds: 20_000)
    }

    @Test func aThreadedOneIsRefused() throws {
        let scope = try Scope()
        guard let unified = scope.layout.unified else { return }
        try scope.makeByHand("t")
        let type = try #require(FileHandle(forWritingAtPath: "\(unified.mountPoint)/\(scope.name)/t/cgroup.type"))
        try type.write(contentsOf: Data("threaded".utf8))
        let error = #expect(throws: CgroupError.self) { _ = try scope.create("t") }
        #expect(error?.description.contains("type 'threaded'") == true)
    }

    @Test func aCpusetBelowUnfilledParentsLetsProcessesIn() throws {
        let scope = try Scope()
        guard scope.layout.hierarchy(with: .cpuset)?.version == .v1 else { return }
        try scope.makeByHand("given")
        let cgroup = try scope.create("given/made/c")
        #expect(try !scope.read(.cpuset, "cpuset.cpus", path: "given/made/c").isEmpty)
        #expect(try !scope.read(.cpuset, "cpuset.mems", path: "given/made/c").isEmpty)
        try scope.run(in: cgroup.location)
        #expect(try cgroup.processes().count == 1)
    }

    /// One container's removal takes away the parent in which another is just being made: nobody may fail.
    @Test func containersThatComeAndGoShareAParent() throws {
        let scope = try Scope()
        try scope.makeByHand("")
        let failures = Failures()
        DispatchQueue.concurrentPerform(iterations: 4) { worker in
            for round in 0..<40 {
                do {
                    var cgroup = try scope.create("pod/c\(worker)")
                    try cgroup.remove(milliseconds: 20_000)
                } catch {
                    failures.add("worker \(worker), round \(round): \(error)")
                }
            }
        }
        #expect(failures.all.isEmpty, "\(failures.all.first ?? "")")
        #expect((0..<4).allSatisfy { scope.existing("pod/c\($0)").isEmpty })
    }

    private final class Failures: @unchecked Sendable {
        private let lock = NSLock()
        private var texts: [String] = []
        func add(_ text: String) { lock.withLock { texts.append(text) } }
        var all: [String] { lock.withLock { texts } }
    }

    @Test func aSurveyNamesWhatWillBeMade() throws {
        let scope = try Scope()
        try scope.makeByHand("given")
        let plan = try scope.plan("given/ours/c")
        let survey = try plan.survey()
        var cgroup = Cgroup(plan)
        try cgroup.create()
        let made = cgroup.location.directories.map { ($0.fullPath, $0.made) }
        #expect(Set(survey.directories.map { "\($0.fullPath) \($0.made)" }) == Set(made.map { "\($0) \($1)" }))
        var recovered = try Cgroup(reopening: survey)
        try recovered.remove(milliseconds: 20_000)
        #expect(scope.existing("given/ours").isEmpty)
        try cgroup.remove(milliseconds: 20_000)
    }
}
