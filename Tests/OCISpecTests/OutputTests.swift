import LinuxTypes
import OCISpec
import StrictTree
import Testing

@Suite struct OutputTests {
    @Test func `state has runc's shape`() {
        let state = State(
            ociVersion: "1.3.0", id: "c1", status: .running, pid: 42, bundle: "/b", rootfs: "/b/rootfs",
            created: "2026-11-23T22:00:00.123456789Z", owner: "", annotations: ["k": "v"])
        #expect(
            String(decoding: state.json(.spaces(2)), as: UTF8.self) == """
                {
                  "ociVersion": "1.3.0",
                  "id": "c1",
                  "pid": 42,
                  "status": "running",
                  "bundle": "/b",
                  "rootfs": "/b/rootfs",
                  "created": "2026-11-23T22:00:00.123456789Z",
                  "annotations": {
                    "k": "v"
                  },
                  "owner": ""
                }
                """)
    }

    @Test func `hooks read the specification's members only`() {
        let state = State(ociVersion: "1.3.0", id: "c1", status: .creating, pid: 0, bundle: "/b")
        #expect(
            String(decoding: state.json(.compact), as: UTF8.self)
                == #"{"ociVersion":"1.3.0","id":"c1","pid":0,"status":"creating","bundle":"/b"}"#)
    }

    @Test func `features keep unknown and none apart`() {
        let minimal = Features(ociVersionMin: "1.0.0", ociVersionMax: "1.3.0")
        #expect(String(decoding: minimal.json(.compact), as: UTF8.self) == #"{"ociVersionMin":"1.0.0","ociVersionMax":"1.3.0"}"#)
        let features = Features(
            ociVersionMin: "1.0.0", ociVersionMax: "1.3.0", hooks: [.poststop], mountOptions: [],
            linux: .init(
                namespaces: [.network], cgroup: .init(v1: true, systemd: false),
                seccomp: .init(enabled: true, actions: [], archs: [.x32]),
                apparmor: false, memoryPolicy: .init(modes: [.bind]), idmap: true, netDevices: false))
        #expect(
            String(decoding: features.json(.compact), as: UTF8.self)
                == #"{"ociVersionMin":"1.0.0","ociVersionMax":"1.3.0","hooks":["poststop"],"mountOptions":[],"linux":{"#
                + #""namespaces":["network"],"cgroup":{"v1":true,"systemd":false},"seccomp":{"enabled":true,"actions":[],"#
                + #""archs":["SCMP_ARCH_X32"]},"apparmor":{"enabled":false},"memoryPolicy":{"modes":["MPOL_BIND"]},"#
                + #""mountExtensions":{"idmap":{"enabled":true}},"netDevices":{"enabled":false}}}"#)
    }
}
