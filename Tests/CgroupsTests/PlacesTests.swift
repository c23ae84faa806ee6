import OCISpec
import Testing

@testable import Cgroups

@Suite struct PlacesTests {
    private func directories(_ layout: Layout, _ path: String?, id: String = "ID") throws -> [String] {
        try Plan(layout: layout, cgroupsPath: path, id: id, resources: nil).groups.map(\.directory)
    }

    @Test func aHybridWithoutAPathIsBelowTheCallersOwnEverywhere() throws {
        let places = try directories(Hosts.hybrid, nil)
        #expect(places.count == 10)
        #expect(places.contains("/sys/fs/cgroup/unified/ID"))
        #expect(places.contains("/sys/fs/cgroup/systemd/ID"))
        #expect(places.contains("/sys/fs/cgroup/memory/process_api/290d/ID"))
        #expect(places.contains("/sys/fs/cgroup/cpu/ID"))
    }

    @Test func aGivenPathIsTheSameInEveryHierarchy() throws {
        for path in ["/pod/c", "pod/c", "/pod//c/", "./pod/c"] {
            let places = try directories(Hosts.hybrid, path)
            #expect(places.allSatisfy { $0.hasSuffix("/pod/c") })
            #expect(places.contains("/sys/fs/cgroup/memory/pod/c"))
        }
    }

    @Test func pureV2WithoutAPathIsBelowHull() throws {
        #expect(try directories(Hosts.unified, nil) == ["/sys/fs/cgroup/hull/ID"])
        #expect(try directories(Hosts.unified, "") == ["/sys/fs/cgroup/hull/ID"])
    }

    @Test func aDelegatedV2WithoutAPathIsBesideTheCaller() throws {
        #expect(try directories(Hosts.delegated, nil) == ["/sys/fs/cgroup/user.slice/u.service/ID"])
    }

    @Test(arguments: ["/", "..", "/a/../../b", "a\nb", "system.slice:hull:x", ":hull:x", "."])
    func pathsThatCannotBeHonouredAreRefused(path: String) throws {
        #expect {
            _ = try Plan(layout: Hosts.hybrid, cgroupsPath: path, id: "a", resources: nil)
        } throws: { error in
            guard case .refused("/linux/cgroupsPath", _) = error as? CgroupError else { return false }
            return true
        }
    }

    @Test func aPathForSystemdSaysSo() {
        let error = #expect(throws: CgroupError.self) {
            _ = try Plan(layout: Hosts.unified, cgroupsPath: "system.slice:hull:x", id: "a", resources: nil)
        }
        #expect(error?.description.contains("the systemd cgroup driver is not supported yet") == true)
    }

    @Test func theSharedParentIsOursAlone() throws {
        let plan = try Plan(layout: Hosts.unified, cgroupsPath: nil, id: "a", resources: nil)
        #expect(plan.unified?.ownParents == 2)
        let given = try Plan(layout: Hosts.unified, cgroupsPath: "/pods/a", id: "a", resources: nil)
        #expect(given.unified?.ownParents == 0)
    }

    @Test func aPlanPrintsWhatItWillDo() throws {
        let text = try Plan(layout: Hosts.unified, cgroupsPath: "/x", id: "a", resources: .init(pids: .init(limit: 5)))
            .description
        #expect(text.contains("mkdir /sys/fs/cgroup/x"))
        #expect(text.contains("pids.max = 5  [/linux/resources/pids/limit]"))
        #expect(text.contains("+pids"))
    }
}
