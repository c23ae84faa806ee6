import LinuxTypes
import OCISpec
import StrictTree
import Testing

@Suite struct ExampleTests {
    @Test func `every good example of the specification decodes`() throws {
        let names = try Fixtures.names(in: "config/good")
        #expect(names.count == 9)
        for name in names {
            let decoded = try Decoded<Configuration>(from: Document(json: Fixtures.bytes(name)).root)
            #expect(decoded.value.root?.path == "rootfs", "\(name)")
        }
    }

    @Test func `every bad example of the specification is refused where it is bad`() throws {
        var errors: [String: String] = [:]
        for name in try Fixtures.names(in: "config/bad") {
            do throws(TreeError) {
                _ = try Decoded<Configuration>(from: Document(json: (try? Fixtures.bytes(name)) ?? []).root)
                Issue.record("\(name) was accepted")
            } catch {
                errors[name] = error.description
            }
        }
        #expect(
            errors == [
                "config/bad/freebsd-vnet-disable.json": "/freebsd/jail/vnet: 'vnet' cannot be disabled (line 8, column 21)",
                "config/bad/invalid-json.json": "expected a key in double quotes, found ']' (line 1, column 2)",
                "config/bad/linux-hugepage.json":
                    "/linux/resources/hugepageLimits/0/pageSize: expected a page size as '2MB', found '64kB' (line 11, column 33)",
                "config/bad/linux-netdevice.json": "/linux/netDevices/eth0/name: expected a string, found 23 (line 9, column 25)",
                "config/bad/linux-rdma.json":
                    "/linux/resources/rdma/mlx5_1/hcaHandles: expected an integer, found a string (line 10, column 35)",
            ])
    }

    @Test func `the specification's large example is read in all its parts`() throws {
        let decoded = try Decoded<Configuration>(from: Document(json: Fixtures.bytes("config/good/spec-example.json")).root)
        #expect(decoded.warnings.list.map(\.pointer) == ["/ociVersion", "/linux/resources/oomScoreAdj"])
        let configuration = decoded.value
        #expect(configuration.process?.user == User(uid: 1, gid: 1, additionalGids: [5, 6]))
        #expect(configuration.process?.rlimits.map(\.type) == [.core, .nofile])
        #expect(configuration.mounts.count == 7)
        #expect(configuration.hooks?[.prestart].map(\.path) == ["/usr/bin/fix-mounts", "/usr/bin/setup-network"])
        #expect(configuration.hooks?[.poststart].first?.timeout == 5)
        #expect(configuration.annotations.map(\.key) == ["com.example.key1", "com.example.key2"])
        let linux = try #require(configuration.linux)
        #expect(linux.namespaces.count == 8)
        #expect(linux.sysctl.map(\.key) == ["net.ipv4.ip_forward", "net.core.somaxconn"])
        #expect(linux.resources?.hugepageLimits.first?.limit == 9_223_372_036_854_772_000)
        #expect(linux.resources?.memory?.kernel == -1)
        #expect(linux.resources?.devices.first == Resources.DeviceRule(allow: false, access: .all))
        #expect(linux.timeOffsets?.boottime == TimeOffset(secs: 604800))
        #expect(linux.rootfsPropagation?.kind == .slave)
        #expect(linux.devices.first?.fileMode == 0o666)
    }

    @Test func `a default seccomp profile decodes with every rule`() throws {
        let decoded = try Decoded<Configuration>(from: Document(json: Fixtures.bytes("seccomp.json")).root)
        let seccomp = try #require(decoded.value.linux?.seccomp)
        #expect(decoded.warnings.list.isEmpty)
        #expect(seccomp.syscalls.reduce(0) { $0 + $1.names.count } > 400)
        #expect(seccomp.syscalls.contains { $0.args.contains { $0.op == .maskedEqual } })
        #expect(seccomp.syscalls.contains { $0.action == .errno && $0.errnoRet == 38 })
        #expect(seccomp.flags == nil)
    }
}
