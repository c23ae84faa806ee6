import Cgroups
import InitProtocol
import LinuxTypes
import Testing

@testable import ContainerRuntime

/// What `type: cgroup` becomes on hosts with either version, or both.
@Suite struct CgroupMountTests {
    @Test func `a writable cgroup of its own belongs to the container's user`() throws {
        func owner(
            uid: Int = 5, type: String = "cgroup", options: String = "", namespaces: String = #"{"type":"cgroup"}"#,
            more: String = "", facts: HostFacts = Hosts.facts()
        ) throws -> UInt32? {
            try Plans.plan(
                process: Plans.process + ", \"user\": {\"uid\": \(uid), \"gid\": 0}",
                linux: "\"namespaces\": [{\"type\": \"mount\"}, \(namespaces)]\(more)",
                more: "\"mounts\": [{\"destination\":\"/sys/fs/cgroup/\",\"type\":\"\(type)\",\"options\":[\(options)]}]",
                facts: facts
            ).cgroupOwner
        }
        #expect(try owner() == 5)
        #expect(try owner(type: "cgroup2", options: #""nosuid","rw""#) == 5)
        #expect(try owner(uid: 0) == nil)
        #expect(try owner(options: #""ro""#) == nil)
        #expect(try owner(namespaces: #"{"type":"ipc"}"#) == nil)
        #expect(try owner(type: "tmpfs") == nil)
        #expect(try owner(facts: Hosts.facts(cgroups: Hosts.hybrid)) == nil)
        let mapped =
            #", "uidMappings":[{"containerID":0,"hostID":1000,"size":10}],"gidMappings":[{"containerID":0,"hostID":1000,"size":10}]"#
        let both = #"{"type":"cgroup"}, {"type":"user"}"#
        #expect(try owner(uid: 0, namespaces: both, more: mapped) == 1000)
        #expect(try owner(uid: 9, namespaces: both, more: mapped) == 1009)
        #expect(try owner(uid: 10, namespaces: both, more: mapped) == nil)
    }

    private static let own = #""namespaces": [{"type":"mount"},{"type":"cgroup"}]"#

    private static let administrator = #", "capabilities": {"bounding": ["CAP_SYS_ADMIN", "CAP_CHOWN"]}"#

    private func mounts(
        _ layout: Layout, linux: String = CgroupMountTests.own, type: String = "cgroup", capabilities: String = administrator
    ) throws -> [MountPlan] {
        let more = #""mounts": [{"destination":"/sys/fs/cgroup","type":"\#(type)","options":["nosuid","ro"]}]"#
        let plan = try Plans.plan(
            process: Plans.process + capabilities, linux: linux, more: more, facts: Hosts.facts(cgroups: layout))
        for index in try Plans.root(plan).mounts.indices { #expect(plan.origins[.init(.mount, index)] == "/mounts/0") }
        return try Plans.root(plan).mounts
    }

    private func describe(_ mount: MountPlan) -> String {
        switch mount.source {
        case .filesystem(let plan): "\(mount.destination.string) \(plan.type) \(plan.parameters.joined(separator: ","))"
        case .bind(let plan): "\(mount.destination.string) < \(plan.path.string)"
        case .existing: "\(mount.destination.string) again"
        }
    }

    @Test(arguments: ["cgroup", "cgroup2"])
    func `on v2 it is the tree itself`(type: String) throws {
        let found = try mounts(Hosts.unified, type: type)
        #expect(found.map(describe) == ["/sys/fs/cgroup cgroup2 "])
        #expect(found[0].set == [.noSetuid, .readOnly])
    }

    @Test func `on v1 it is a tmpfs with one mount for each hierarchy`() throws {
        let found = try mounts(Hosts.legacy)
        #expect(
            found.map(describe) == [
                "/sys/fs/cgroup tmpfs mode=755", "/sys/fs/cgroup/cpu,cpuacct cgroup cpu,cpuacct",
                "/sys/fs/cgroup/memory cgroup memory",
                "/sys/fs/cgroup/devices cgroup devices", "/sys/fs/cgroup/systemd cgroup none,name=systemd",
            ])
        // The places of the hierarchies are made in the tmpfs: it cannot be read-only itself.
        #expect(found[0].set == .noSetuid)
        #expect(found[1...4].allSatisfy { $0.set == [.noSetuid, .readOnly] })
    }

    @Test func `who cannot mount gets the host's mount of its own cgroup, and with no other attributes than a new one`() throws {
        let found = try mounts(Hosts.legacy, capabilities: "")
        let bound = try mounts(Hosts.legacy, linux: Plans.mountNamespace)
        #expect(found[1...3].map(describe) == bound[1...3].map(describe))
        #expect(found[1...3].allSatisfy { $0.set == [.noSetuid, .readOnly] && $0.clear == [.noDevices, .noExecute] })
        #expect(describe(found[4]) == "/sys/fs/cgroup/systemd cgroup none,name=systemd")
        let user =
            #""uidMappings":[{"containerID":0,"hostID":1000,"size":10}],"gidMappings":[{"containerID":0,"hostID":1000,"size":10}]"#
        let mapped = #""namespaces": [{"type":"mount"},{"type":"cgroup"},{"type":"user"}], "# + user
        let joined = #""namespaces": [{"type":"mount"},{"type":"cgroup","path":"/proc/1/ns/cgroup"}]"#
        for linux in [mapped, joined] {
            let found = try mounts(Hosts.legacy, linux: linux, capabilities: "").map(describe)
            #expect(found[2] == "/sys/fs/cgroup/memory cgroup memory")
        }
    }

    @Test func `on a hybrid the v2 tree is not shown`() throws {
        let found = try mounts(Hosts.hybrid).map(describe)
        #expect(found.count == 5 && !found.contains { $0.contains("unified") })
    }

    @Test func `without a cgroup namespace the container's own cgroups are bound`() throws {
        let found = try mounts(Hosts.legacy, linux: Plans.mountNamespace).map(describe)
        #expect(found[1] == "/sys/fs/cgroup/cpu,cpuacct < /sys/fs/cgroup/cpu,cpuacct/web")
        #expect(found[4] == "/sys/fs/cgroup/systemd < /sys/fs/cgroup/systemd/web")
        #expect(try mounts(Hosts.unified, linux: Plans.mountNamespace).map(describe) == ["/sys/fs/cgroup < /sys/fs/cgroup"])
    }
}
