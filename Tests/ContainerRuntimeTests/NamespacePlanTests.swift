import InitProtocol
import LinuxTypes
import OCISpec
import Testing

@testable import ContainerRuntime

/// Which process makes or joins what: the table of docs/init-sequence.md.
@Suite struct NamespacePlanTests {
    private enum Wish: CaseIterable {
        case host, new, joined
    }

    /// All 6,561 ways to have, make or join eight kinds of namespaces.
    @Test func `every combination is made and joined where the table says`() throws {
        var configuration = try Plans.configuration()
        let kinds = NamespaceKind.allCases
        for number in 0..<6561 {
            var wishes: [NamespaceKind: Wish] = [:]
            var rest = number
            for kind in kinds {
                wishes[kind] = Wish.allCases[rest % 3]
                rest /= 3
            }
            let linux = Self.linux(wishes)
            configuration.linux = linux
            check(try Plans.plan(configuration), wishes, hasOffsets: false)
            guard wishes[.time] == .new, number % 9 == 1 else { continue }
            configuration.linux?.timeOffsets = TimeOffsets(monotonic: TimeOffset(secs: 5))
            check(try Plans.plan(configuration), wishes, hasOffsets: true)
        }
    }

    private static func linux(_ wishes: [NamespaceKind: Wish]) -> Linux {
        var linux = Linux()
        for kind in NamespaceKind.allCases {
            switch wishes[kind] {
            case .new: linux.namespaces.append(.init(type: kind))
            case .joined: linux.namespaces.append(.init(type: kind, path: "/ns/\(kind.procName)"))
            default: break
            }
        }
        if wishes[.user] == .new {
            linux.uidMappings = [IDMapping(containerID: 0, hostID: 100_000, size: 65536)]
            linux.gidMappings = linux.uidMappings
        }
        return linux
    }

    private func check(_ plan: ContainerPlan, _ wishes: [NamespaceKind: Wish], hasOffsets: Bool) {
        let new = Set(wishes.filter { $0.value == .new && $0.key != .cgroup }.keys)
        let joined = Set(wishes.filter { $0.value == .joined }.keys)
        let needsStage =
            joined.contains(.user) || hasOffsets || (new.contains(.user) && !joined.subtracting([.pid]).isEmpty)
        let remark: Comment = "\(wishes)"
        #expect(plan.`init`.createsCgroupNamespace == (wishes[.cgroup] == .new), remark)
        #expect((plan.birth.userMaps != nil) == new.contains(.user), remark)
        #expect((plan.`init`.firstStage != nil) == needsStage, remark)
        if let stage = plan.`init`.firstStage {
            #expect(Set(stage.created) == new && stage.created.count == new.count, remark)
            #expect(stage.waitsForUserMaps == new.contains(.user), remark)
            #expect(stage.clockOffsets.isEmpty == !hasOffsets, remark)
            #expect(plan.birth.clonedNamespaces.isEmpty && plan.birth.joinedPIDNamespace == nil, remark)
            #expect(Set(plan.birth.joins.map(\.kind)) == joined, remark)
        } else {
            #expect(Set(plan.birth.clonedNamespaces) == new && plan.birth.clonedNamespaces.count == new.count, remark)
            #expect((plan.birth.joinedPIDNamespace != nil) == joined.contains(.pid), remark)
            #expect(Set(plan.birth.joins.map(\.kind)) == joined.subtracting([.pid]), remark)
        }
        #expect(plan.birth.joins.allSatisfy { $0.path.string == "/ns/\($0.kind.procName)" }, remark)
    }

    @Test func `an ordinary container is born into all its namespaces at once`() throws {
        let plan = try Plans.plan(
            linux:
                #""namespaces": [{"type":"pid"},{"type":"network"},{"type":"ipc"},{"type":"uts"},{"type":"mount"},{"type":"cgroup"}]"#
        )
        #expect(plan.birth.clonedNamespaces == [.pid, .network, .ipc, .uts, .mount])
        #expect(plan.`init`.createsCgroupNamespace)
        #expect(plan.birth.joins.isEmpty && plan.`init`.firstStage == nil)
    }

    @Test func `a shared PID namespace is entered by the parent, without a first stage`() throws {
        let plan = try Plans.plan(linux: #""namespaces": [{"type":"mount"},{"type":"pid","path":"/proc/7/ns/pid"}]"#)
        #expect(plan.birth.joinedPIDNamespace?.string == "/proc/7/ns/pid")
        #expect(plan.`init`.firstStage == nil)
    }

    @Test func `clock offsets are in the plan, each under its clock`() throws {
        let plan = try Plans.plan(
            linux: """
                "namespaces": [{"type":"mount"},{"type":"time"}],
                "timeOffsets": {"monotonic": {"secs": -5, "nanosecs": 7}, "boottime": {"secs": 9}}
                """)
        #expect(
            plan.`init`.firstStage?.clockOffsets == [
                ClockOffset(clock: "monotonic", seconds: -5, nanoseconds: 7),
                ClockOffset(clock: "boottime", seconds: 9, nanoseconds: 0),
            ])
        #expect(plan.birth.clonedNamespaces.isEmpty)
    }

    @Test func `offsets without a new time namespace are refused`() throws {
        let offsets = #", "timeOffsets": {"boottime": {"secs": 1}}"#
        try Plans.expectRefusal(at: "/linux/timeOffsets", linux: Plans.mountNamespace + offsets)
        try Plans.expectRefusal(
            at: "/linux/timeOffsets", linux: #""namespaces": [{"type":"mount"},{"type":"time","path":"/t"}]"# + offsets)
    }

    @Test func `a joined namespace remembers where it stands in the configuration`() throws {
        let plan = try Plans.plan(
            linux: #""namespaces": [{"type":"mount"},{"type":"pid","path":"/p"},{"type":"network","path":"/n"}]"#)
        #expect(
            plan.birth.joins == [PlannedJoin(kind: .network, path: try #require(HostPath("/n")), origin: "/linux/namespaces/2")])
        #expect(plan.origins[.init(.join, 0)] == "/linux/namespaces/2")
    }

    @Test func `a path that is not absolute or holds a NUL byte is refused`() throws {
        var configuration = try Plans.configuration()
        for path in ["relative", "", "/proc/1/ns\0/net"] {
            configuration.linux?.namespaces = [.init(type: .mount), .init(type: .network, path: path)]
            Plans.expectRefusal(configuration, at: "/linux/namespaces/1/path")
        }
    }
}
