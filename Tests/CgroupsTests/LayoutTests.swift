import Testing

@testable import Cgroups

@Suite struct LayoutTests {
    @Test func aHybridHostHasBothKinds() throws {
        let layout = Hosts.hybrid
        #expect(layout.kind == .hybrid)
        // hugetlb is a hierarchy of this host that is mounted nowhere.
        #expect(
            layout.legacy.map { $0.mountPoint.split(separator: "/").last } == [
                "systemd", "pids", "blkio", "freezer", "devices", "memory", "cpuset", "cpuacct", "cpu",
            ])
        let memory = try #require(layout.hierarchy(with: .memory))
        #expect(memory.own.string == "/process_api/290d")
        #expect(layout.unified?.mountPoint == "/sys/fs/cgroup/unified")
        #expect(layout.hierarchy(with: .hugetlb) == nil)
    }

    @Test func aPureHostHasOneTree() {
        let layout = Hosts.unified
        #expect(layout.kind == .v2)
        #expect(layout.legacy.isEmpty)
        #expect(layout.unified?.own.string == "/user.slice/session-3.scope")
        #expect(layout.hierarchy(with: .blkio)?.version == .v2)
        #expect(layout.hierarchy(with: .devices) == nil)
    }

    @Test func aLegacyHostMountsControllersTogetherAndElsewhere() throws {
        let layout = Hosts.legacy
        #expect(layout.kind == .v1)
        #expect(layout.hierarchy(with: .cpu)?.mountPoint == "/sys/fs/cgroup/cpu,cpuacct")
        #expect(layout.hierarchy(with: .cpu)?.controllers == [.cpu, Controller(rawValue: "cpuacct")])
        #expect(layout.hierarchy(with: .devices)?.mountPoint == "/odd place/devices")
        #expect(layout.hierarchy(with: Controller(rawValue: "name=systemd"))?.own.names.last == "session-1.scope")
        #expect(layout.hierarchy(with: .pids) == nil)
    }

    @Test func aControllerOnV2IsFoundBesideV1() {
        #expect(Hosts.mixed.hierarchy(with: .memory)?.version == .v2)
        #expect(Hosts.mixed.hierarchy(with: .cpu)?.version == .v1)
    }

    @Test func aMountOfAPartCountsFromThatPart() {
        let layout = Hosts.layout(
            "4:memory:/docker/abc/inner\n0::/", "35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory")
        #expect(layout.legacy.first?.own.string == "/inner")
        #expect(layout.unified == nil)
    }

    @Test func anOwnCgroupOutsideOfTheMountReadsAsItsRoot() {
        let layout = Hosts.layout("0::/../../other", Hosts.unifiedMounts)
        #expect(layout.unified?.own == .root)
    }

    @Test func theMountBelowTheUsualPlaceIsTaken() {
        let elsewhere = "40 31 0:38 / /somewhere/unified rw - cgroup2 cgroup2 rw"
        let layout = Hosts.layout("0::/", Hosts.unifiedMounts + "\n" + elsewhere)
        #expect(layout.unified?.mountPoint == "/sys/fs/cgroup")
    }

    @Test func nothingMountedIsNoLayout() {
        let layout = Hosts.layout("0::/", "22 1 0:20 / /proc rw - proc proc rw")
        #expect(layout.kind == nil)
        #expect(throws: CgroupError.noHierarchy) {
            _ = try Plan(layout: layout, cgroupsPath: nil, id: "a", resources: nil)
        }
    }

    @Test(arguments: ["", "nonsense", "1:cpu", "a b c d e f - cgroup x", "1 2 3 / /x rw - cgroup"])
    func malformedLinesAreLeftOut(text: String) {
        #expect(Membership.parse(text).isEmpty)
        #expect(CgroupMount.parse(text).isEmpty)
    }
}

@Suite struct CgroupPathTests {
    @Test func namesAreTakenApart() throws {
        #expect(try CgroupPath("//a/./b/").names == ["a", "b"])
        #expect(try CgroupPath("a").string == "/a")
        #expect(try CgroupPath("/").isRoot)
        #expect(CgroupPath.root.parent == .root)
    }

    @Test(arguments: ["..", "/a/../b", "a\nb", "a\u{0}b", "a\u{7f}", String(repeating: "x", count: 256)])
    func whatLeavesTheTreeOrForgesLinesIsRefused(text: String) {
        #expect(throws: CgroupPath.Flaw.self) { _ = try CgroupPath(text) }
    }
}
