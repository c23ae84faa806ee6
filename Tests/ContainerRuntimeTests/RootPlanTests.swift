import InitProtocol
import LinuxTypes
import OCISpec
import Testing

@testable import ContainerRuntime

@Suite struct RootPlanTests {
    private static let maps =
        #""uidMappings":[{"containerID":0,"hostID":1,"size":1}],"gidMappings":[{"containerID":0,"hostID":1,"size":1}]"#

    @Test func `the root is found from the bundle, and pivoted to unless asked otherwise`() throws {
        let plan = try Plans.plan()
        let root = try Plans.root(plan)
        #expect(plan.birth.rootfs.string == "/bundle/rootfs" && root.path == plan.birth.rootfs)
        #expect(root.change == .pivot && !root.isReadOnly && root.hostPropagation == .slave && root.propagation == nil)
        var options = CreateOptions()
        options.noPivot = true
        #expect(try Plans.root(Plans.plan(options: options)).change == .move)
        var configuration = try Plans.configuration()
        configuration.root = Root(path: "/srv/root", readonly: true)
        #expect(try Plans.root(Plans.plan(configuration)).path.string == "/srv/root")
        #expect(try Plans.root(Plans.plan(configuration)).isReadOnly)
    }

    @Test(
        arguments: [
            ("private", .isPrivate, false, .slave), ("rprivate", .isPrivate, true, .slave), ("slave", .slave, false, .slave),
            ("rslave", .slave, true, .slave), ("shared", .shared, false, .shared), ("rshared", .shared, true, .shared),
            ("unbindable", .unbindable, false, .slave), ("runbindable", .unbindable, true, .slave),
        ] as [(String, MountPropagation, Bool, MountPropagation)])
    func `the root's propagation`(name: String, kind: MountPropagation, recursive: Bool, host: MountPropagation) throws {
        let root = try Plans.root(Plans.plan(linux: Plans.mountNamespace + #", "rootfsPropagation": "\#(name)""#))
        #expect(root.propagation == kind && root.propagationIsRecursive == recursive && root.hostPropagation == host)
    }

    @Test func `a container has the usual devices and links`() throws {
        let root = try Plans.root(Plans.plan())
        let devices = root.devices.map { "\($0.path.string) \($0.device.major):\($0.device.minor)" }
        #expect(
            devices == [
                "/dev/null 1:3", "/dev/zero 1:5", "/dev/full 1:7", "/dev/random 1:8", "/dev/urandom 1:9", "/dev/tty 5:0",
            ])
        #expect(
            root.devices.allSatisfy { $0.type == .characterDevice && $0.permissions == 0o666 && $0.uid == 0 && !$0.bindsFromHost }
        )
        #expect(
            root.links.map { "\($0.path.string) \($0.target)" } == [
                "/dev/fd /proc/self/fd", "/dev/stdin /proc/self/fd/0", "/dev/stdout /proc/self/fd/1",
                "/dev/stderr /proc/self/fd/2",
                "/dev/core /proc/kcore", "/dev/ptmx pts/ptmx",
            ])
    }

    @Test func `a configured device takes the place of a usual one, however its path is written`() throws {
        let plan = try Plans.plan(
            linux: Plans.mountNamespace + """
                , "devices": [{"path":"/dev//null","type":"c","major":1,"minor":3,"fileMode":384,"uid":5,"gid":6},
                  {"path":"/dev/fuse","type":"c","major":10,"minor":229}, {"path":"/x/f","type":"p"}]
                """)
        let devices = try Plans.root(plan).devices
        #expect(devices.count == 5 + 3)
        #expect(devices.filter { $0.path.normalized == "/dev/null" }.map(\.permissions) == [0o600])
        #expect(devices[5].uid == 5 && devices[5].gid == 6)
        #expect(devices[6].permissions == 0o666 && devices[6].device == DeviceNumber(major: 10, minor: 229))
        #expect(devices[7].type == .fifo)
        for index in 0..<3 { #expect(plan.origins[.init(.device, 5 + index)] == "/linux/devices/\(index)") }
    }

    @Test func `a host's dev directory that is bound is left alone`() throws {
        let bound = #""mounts": [{"destination":"/dev/","type":"bind","source":"/dev","options":["rbind"]}]"#
        let root = try Plans.root(Plans.plan(more: bound))
        #expect(root.devices.isEmpty && root.links.isEmpty)
        let device = #", "devices": [{"path":"/dev/fuse","type":"c","major":10,"minor":229}]"#
        #expect(
            try Plans.root(Plans.plan(linux: Plans.mountNamespace + device, more: bound)).devices.map(\.path.string) == [
                "/dev/fuse"
            ])
    }

    @Test func `in a user namespace devices are binds`() throws {
        let own = try Plans.root(Plans.plan(linux: #""namespaces":[{"type":"mount"},{"type":"user"}],\#(Self.maps)"#))
        let joined = try Plans.root(Plans.plan(linux: #""namespaces":[{"type":"mount"},{"type":"user","path":"/u"}]"#))
        for root in [own, joined] { #expect(root.devices.count == 6 && root.devices.allSatisfy(\.bindsFromHost)) }
    }

    @Test func `masked and read-only paths keep their order and place`() throws {
        let plan = try Plans.plan(
            linux: Plans.mountNamespace + #", "maskedPaths": ["/proc/kcore", "/a"], "readonlyPaths": ["/proc/sys"]"#)
        let root = try Plans.root(plan)
        #expect(root.maskedPaths.map(\.string) == ["/proc/kcore", "/a"] && root.readonlyPaths.map(\.string) == ["/proc/sys"])
        #expect(plan.origins[.init(.mask, 1)] == "/linux/maskedPaths/1")
        #expect(plan.origins[.init(.readonlyPath, 0)] == "/linux/readonlyPaths/0")
    }

    @Test func `a masked or read-only path that is relative or holds a NUL byte is refused`() throws {
        var configuration = try Plans.configuration()
        for path in ["proc/kcore", "", "/a\0"] {
            configuration.linux?.maskedPaths = ["/x", path]
            Plans.expectRefusal(configuration, at: "/linux/maskedPaths/1")
            configuration.linux?.maskedPaths = []
            configuration.linux?.readonlyPaths = [path]
            Plans.expectRefusal(configuration, at: "/linux/readonlyPaths/0")
            configuration.linux?.readonlyPaths = []
        }
    }
}
