import LinuxTypes
import OCISpec
import StrictTree
import Testing

@Suite struct AcceptanceTests {
    @Test(arguments: ["1.0.0", "1.3.0", "1.99.7", "1.0.2-dev", "1.2.0+build.5", "1.3.0-rc.1+x"])
    func `every 1.x version is taken without a word`(version: String) throws {
        #expect(try decode(Configuration.self, "{\"ociVersion\": \"\(version)\"}").warnings.list.isEmpty)
    }

    @Test func `null is absent, as Go programs write it`() throws {
        let json = """
            {"ociVersion": "1.0.0", "process": null, "mounts": null, "hooks": null, "annotations": null, "linux": {"namespaces": null,
             "resources": null, "sysctl": null, "maskedPaths": null, "seccomp": null, "devices": null}}
            """
        let decoded = try decode(Configuration.self, json)
        #expect(decoded.warnings.list.isEmpty)
        #expect(decoded.value == Configuration(ociVersion: "1.0.0", linux: Linux()))
    }

    @Test func `absent and empty are kept apart where they differ`() throws {
        let absent = try decode(Process.self, #"{"cwd": "/"}"#).value
        let empty = try decode(Process.self, #"{"cwd": "/", "capabilities": {}}"#).value
        #expect(absent.capabilities == nil)
        #expect(empty.capabilities == Capabilities())
        #expect(try decode(Seccomp.self, #"{"defaultAction": "SCMP_ACT_LOG", "flags": []}"#).value.flags == [])
        #expect(try decode(Linux.self, #"{"resources": {}}"#).value.resources == Resources())
        #expect(try decode(Configuration.self, #"{"ociVersion": "1.0.0", "hooks": {}}"#).value.hooks == Hooks())
    }

    @Test func `a process alone may omit user and capabilities`() throws {
        let process = try decode(Process.self, #"{"cwd": "/tmp", "args": ["ls", ""], "env": ["A=", "A=b=c"]}"#).value
        #expect(process == Process(args: ["ls", ""], env: ["A=", "A=b=c"], cwd: "/tmp"))
    }

    @Test func `unknown properties are warnings with a hint and the place of the key`() throws {
        let json = """
            {"ociVersion": "1.0.0",
             "process": {"cwd": "/", "rlimit": [], "commandLine": "x", "user": {"username": "me"}},
             "linux": {"intelRdt": {"enableCMT": true}}, "windows": {}, "x-vendor": {"deep": [1]}}
            """
        let warnings = try decode(Configuration.self, json).warnings
        #expect(
            warnings.list.map(\.description) == [
                "/process/user/username: is for Windows, ignored (line 2, column 81)",
                "/process/commandLine: is for Windows, ignored (line 2, column 55)",
                "/process/rlimit: unknown property, ignored; did you mean 'rlimits'? (line 2, column 26)",
                "/linux/intelRdt/enableCMT: unknown property, ignored (line 3, column 25)",
                "/windows: is for another platform, ignored (line 3, column 57)",
                "/x-vendor: unknown property, ignored (line 3, column 61)",
            ])
    }

    @Test(.timeLimit(.minutes(1)))
    func `a flood of unknown properties is counted, not listed`() throws {
        let members = (0..<100_000).map { "\"x\($0)\": 0" }.joined(separator: ",")
        let warnings = try decode(Configuration.self, "{\"ociVersion\": \"1.0.0\", \(members)}").warnings
        #expect(warnings.list.count == 50)
        #expect(warnings.omitted == 99_950)
    }

    @Test func `devices as other programs write them`() throws {
        let device = try decode(Device.self, #"{"path": "/dev/x", "type": "c", "major": 10, "minor": 229, "fileMode": 8630}"#)
            .value
        #expect(device.fileMode == 0o666)
        #expect(device.number == DeviceNumber(major: 10, minor: 229))
        #expect(try decode(Device.self, #"{"path": "/dev/p", "type": "p"}"#).value.type.fileType == .fifo)
        let rule = try decode(
            Resources.DeviceRule.self, #"{"allow": true, "type": "c", "major": 5, "minor": -1, "access": "mr"}"#
        ).value
        #expect(rule == Resources.DeviceRule(allow: true, type: .character, major: 5, minor: nil, access: [.read, .mknod]))
        #expect(
            try decode(Resources.DeviceRule.self, #"{"allow": false, "access": ""}"#).value == Resources.DeviceRule(allow: false))
    }

    @Test func `every name of a resource limit is the specification's`() throws {
        for kind in ResourceLimitKind.allCases {
            let json = "{\"type\": \"\(kind.specName)\", \"soft\": 0, \"hard\": 18446744073709551615}"
            #expect(try decode(ResourceLimit.self, json).value == ResourceLimit(type: kind, soft: 0, hard: .max))
            #expect(
                String(decoding: ResourceLimit(type: kind, soft: 0, hard: 1).json(), as: UTF8.self).contains(
                    "\"\(kind.specName)\""))
        }
    }

    @Test func `every architecture of seccomp is found by its name`() {
        for architecture in SeccompArchitecture.allCases {
            #expect(SeccompArchitecture(rawValue: architecture.rawValue) == architecture)
        }
        #expect(SeccompArchitecture(rawValue: "SCMP_ARCH_") == nil)
    }

    @Test func `maps keep their order and replace by key`() {
        var map: OrderedMap<String> = ["b": "1", "a": "2", "b": "3"]
        #expect(map.map(\.key) == ["b", "a"])
        #expect(map["b"] == "3")
        map["c"] = "4"
        map["b"] = nil
        #expect(map == ["a": "2", "c": "4"])
        #expect(map != ["c": "4", "a": "2"])
    }
}
