import InitProtocol
import LinuxTypes
import OCISpec
import Testing

@testable import ContainerRuntime

@Suite struct MountPlanTests {
    private func mounts(_ mounts: String, linux: String = Plans.mountNamespace) throws -> [MountPlan] {
        try Plans.root(Plans.plan(linux: linux, more: "\"mounts\": [\(mounts)]")).mounts
    }

    private func fileSystem(_ mount: MountPlan) throws -> FileSystemPlan {
        guard case .filesystem(let plan) = mount.source else { throw Unexpected(what: "\(mount.source)") }
        return plan
    }

    private func bind(_ mount: MountPlan) throws -> BindPlan {
        guard case .bind(let plan) = mount.source else { throw Unexpected(what: "\(mount.source)") }
        return plan
    }

    private struct Unexpected: Error { let what: String }

    @Test func `a file system gets its own options as parameters and the mount's as attributes`() throws {
        let mount = try #require(
            try mounts(
                #"{"destination":"/dev","type":"tmpfs","source":"t","options":["nosuid","size=1m","ro","sync","mode=755"]}"#
            ).first)
        #expect(
            try fileSystem(mount)
                == FileSystemPlan(type: "tmpfs", source: "t", parameters: ["sync", "size=1m", "mode=755", "ro"]))
        #expect(mount.set == [.noSetuid, .readOnly] && mount.clear.isEmpty)
        #expect(mount.destination.string == "/dev")
    }

    @Test func `a file system without a source is named after its type`() throws {
        for source in ["", #","source":"""#] {
            let mount = try #require(try mounts(#"{"destination":"/p","type":"proc"\#(source)}"#).first)
            #expect(try fileSystem(mount).source == "proc")
        }
    }

    @Test func `a bind's source counts from the bundle`() throws {
        let found = try mounts(
            #"{"destination":"/a","type":"bind","source":"data"},{"destination":"b","source":"/srv","options":["rbind","rro"]}"#)
        #expect(try bind(found[0]) == BindPlan(path: try #require(HostPath("/bundle/data")), isRecursive: false))
        #expect(try bind(found[1]) == BindPlan(path: try #require(HostPath("/srv")), isRecursive: true))
        #expect(found[1].setBelow == .readOnly && found[1].destination.string == "/b")
    }

    @Test func `mounts keep their order and remember their place`() throws {
        let plan = try Plans.plan(
            more:
                #""mounts": [{"destination":"/b","type":"tmpfs"},{"destination":"/a","type":"tmpfs"},{"destination":"/b","type":"proc"}]"#
        )
        let root = try Plans.root(plan)
        #expect(root.mounts.map(\.destination.string) == ["/b", "/a", "/b"])
        for index in 0..<3 { #expect(plan.origins[.init(.mount, index)] == "/mounts/\(index)") }
    }

    @Test func `a remount changes what is there`() throws {
        let found = try mounts(
            #"{"destination":"/s","type":"sysfs"},{"destination":"/s","options":["remount","ro","nosuid"]}"#)
        #expect(found[1].source == .existing)
        #expect(found[1].set == [.readOnly, .noSetuid])
        try Plans.expectRefusal(
            at: "/mounts/0/options", saying: "size=5", more: #""mounts": [{"destination":"/s","options":["remount","size=5"]}]"#)
    }

    @Test(arguments: [
        "idmap=uids=0-1-1", "ridmap=x", "copy-symlink", "src-nofollow", "dest-nofollow",
    ])
    func `an option that would be dropped is refused by name`(option: String) throws {
        try Plans.expectRefusal(
            at: "/mounts/1/options", saying: "'\(option)'",
            more:
                #""mounts": [{"destination":"/x","type":"tmpfs"},{"destination":"/y","type":"bind","source":"/s","options":["ro","\#(option)"]}]"#
        )
    }

    @Test func `a tmpfs that copies up is made read-only afterwards`() throws {
        let found = try mounts(#"{"destination":"/s","type":"tmpfs","source":"t","options":["tmpcopyup","ro","size=1m"]}"#)
        #expect(try fileSystem(found[0]) == FileSystemPlan(type: "tmpfs", source: "t", parameters: ["size=1m"], copiesUp: true))
        #expect(found[0].set == .readOnly)
        for other in [#""type":"proc""#, #""type":"bind","source":"/x""#, #""type":"tmpfs","source":"/x""#] {
            let option = other.hasSuffix(#""/x""#) && other.contains("tmpfs") ? #""bind","tmpcopyup""# : #""tmpcopyup""#
            try Plans.expectRefusal(
                at: "/mounts/0/options", saying: "tmpcopyup",
                more: "\"mounts\": [{\"destination\":\"/x\",\(other),\"options\":[\(option)]}]")
        }
    }

    @Test func `a tmpfs without a mode has that of its mount point`() {
        #expect(FileSystemPlan(type: "tmpfs", source: "t", parameters: ["size=1m"]).inheritsMode)
        #expect(!FileSystemPlan(type: "tmpfs", source: "t", parameters: ["size=1m", "mode=700"]).inheritsMode)
        #expect(!FileSystemPlan(type: "proc", source: "t").inheritsMode)
    }

    @Test func `mounts that cannot be made are refused at their place`() throws {
        func refusal(_ pointer: String, _ mount: String) throws {
            try Plans.expectRefusal(at: pointer, more: "\"mounts\": [\(mount)]")
        }
        try refusal("/mounts/0/type", #"{"destination":"/x"}"#)
        for root in ["/", "//", "/.", "/a/.."] {
            try refusal("/mounts/0/destination", "{\"destination\":\"\(root)\",\"type\":\"tmpfs\"}")
        }
        try refusal("/mounts/0/type", #"{"destination":"/x","type":""}"#)
        try refusal("/mounts/0/source", #"{"destination":"/x","type":"bind"}"#)
        try refusal("/mounts/0/source", #"{"destination":"/x","source":"","options":["bind"]}"#)
        try refusal("/mounts/0/options", #"{"destination":"/x","source":"/s","options":["bind","mode=700"]}"#)
        try refusal("/mounts/0/options", #"{"destination":"/x","source":"/s","options":["bind","sync"]}"#)
        let map = #"[{"containerID":0,"hostID":1,"size":1}]"#
        try refusal(
            "/mounts/0/uidMappings",
            #"{"destination":"/x","type":"tmpfs","uidMappings":\#(map),"gidMappings":\#(map)}"#)
        try refusal("/mounts/0/uidMappings", #"{"destination":"/x","type":"tmpfs","options":["idmap"]}"#)
        try refusal("/mounts/0/options", #"{"destination":"/x","source":"/s","options":["bind","idmap"]}"#)
        let twice = #"[{"containerID":0,"hostID":1,"size":1},{"containerID":0,"hostID":9,"size":1}]"#
        try refusal(
            "/mounts/0/uidMappings/1",
            #"{"destination":"/x","source":"/s","options":["bind"],"uidMappings":\#(twice),"gidMappings":\#(map)}"#)
    }

    @Test func `owners of a bind are mapped by its own mappings, or by the container's user namespace`() throws {
        let map = #"[{"containerID":0,"hostID":7,"size":9}]"#
        let maps = #""uidMappings":\#(map),"gidMappings":\#(map)"#
        let entry = UserMaps.Entry(inside: 0, outside: 7, count: 9)
        func found(_ mount: String, _ linux: String) throws -> [Int: OwnerMaps] {
            try Plans.plan(linux: linux, more: "\"mounts\": [\(mount)]").ownerMaps
        }
        let own = #"{"destination":"/x","source":"/s","options":["rbind"],\#(maps)}"#
        #expect(
            try found(own, Plans.mountNamespace) == [
                0: OwnerMaps(maps: UserMaps(uids: [entry], gids: [entry]), isRecursive: false)
            ])
        let user = #""namespaces":[{"type":"mount"},{"type":"user"}],\#(maps)"#
        let plain = #"{"destination":"/y","type":"tmpfs"}"#
        let asNamespace = #"{"destination":"/x","source":"/s","options":["rbind","ridmap"]}"#
        #expect(try found(plain + "," + asNamespace, user) == [1: OwnerMaps(maps: nil, isRecursive: true)])
    }

    @Test func `a NUL byte in a destination is refused`() throws {
        var configuration = try Plans.configuration()
        configuration.mounts = [Mount(destination: "/a\0b", type: "tmpfs")]
        Plans.expectRefusal(configuration, at: "/mounts/0/destination")
    }

    /// In a user namespace that does not own its network namespace the kernel refuses a new sysfs.
    @Test func `sysfs is bound from the host where it cannot be mounted`() throws {
        let maps = #""uidMappings":[{"containerID":0,"hostID":1,"size":1}],"gidMappings":[{"containerID":0,"hostID":1,"size":1}]"#
        let mount = #"{"destination":"/sys","type":"sysfs","options":["ro"]}"#
        let shared = try mounts(mount, linux: #""namespaces":[{"type":"mount"},{"type":"user"}],\#(maps)"#)
        #expect(try bind(shared[0]).path.string == "/sys")
        #expect(shared[0].set == .readOnly)
        let own = try mounts(mount, linux: #""namespaces":[{"type":"mount"},{"type":"user"},{"type":"network"}],\#(maps)"#)
        #expect(try fileSystem(own[0]).type == "sysfs")
        #expect(try fileSystem(try mounts(mount)[0]).type == "sysfs")
    }

    @Test func `without a mount namespace nothing may be mounted, hidden or made read-only`() throws {
        let none = #""namespaces": [{"type":"pid"}]"#
        try Plans.expectRefusal(at: "/mounts", linux: none, more: #""mounts": [{"destination":"/x","type":"tmpfs"}]"#)
        try Plans.expectRefusal(at: "/linux/maskedPaths", linux: none + #", "maskedPaths": ["/x"]"#)
        try Plans.expectRefusal(at: "/linux/readonlyPaths", linux: none + #", "readonlyPaths": ["/x"]"#)
        try Plans.expectRefusal(at: "/linux/rootfsPropagation", linux: none + #", "rootfsPropagation": "shared""#)
        var configuration = try Plans.configuration(linux: none)
        configuration.root?.readonly = true
        Plans.expectRefusal(configuration, at: "/root/readonly")
        let root = try Plans.root(Plans.plan(linux: none))
        #expect(root.change == .chroot && root.devices.isEmpty && root.links.isEmpty)
    }
}
