import Cgroups
import LinuxKernel
import OCISpec
import StrictTree
import Testing

@testable import ContainerRuntime

@Suite struct ContainerRecordTests {
    private let whole = ContainerRecord(
        phase: .running, ociVersion: "1.3.0", bundle: "/b \"x\"\n", rootfs: "/b/rootfs",
        created: "2026-11-23T21:57:00.000000000Z",
        ownerName: "root", owner: ProcessIdentity(bootID: "boot", pid: 7, startTime: .max),
        initProcess: ProcessIdentity(bootID: "boot", pid: .max, startTime: 0),
        cgroup: Location(directories: [
            .init(version: 2, controllers: "", mountPoint: "/sys/fs/cgroup", path: "/hull/x", made: 2, id: .max),
            .init(version: 1, controllers: "cpu,cpuacct", mountPoint: "/sys/fs/cgroup/cpu", path: "/x", made: 0, id: 5),
        ]), annotations: ["a": "1", "b": "é\u{1F680}", "": ""],
        hasPoststartHooks: true, hasStartContainerHooks: true, hasPoststopHooks: false)

    @Test(arguments: ["creating", "created", "running", "deleting"])
    func `a record comes back`(phase: String) throws {
        var record = whole
        record.phase = try #require(ContainerRecord.Phase(rawValue: phase))
        #expect(try ContainerRecord(decoding: record.encoded()) == record)
        record.owner = nil
        record.initProcess = nil
        record.cgroup = Location()
        record.annotations = [:]
        record.hasPoststartHooks = false
        record.hasPoststopHooks = true
        #expect(try ContainerRecord(decoding: record.encoded()) == record)
    }

    @Test func `a record of another version, or no record, is refused with a reason`() throws {
        let good = String(decoding: whole.encoded(), as: UTF8.self)
        let broken = [
            good.replacing("\"running\"", with: "\"paused\""), good.replacing("\"pid\":7", with: "\"pid\":0"),
            good.replacing("\"pid\":7", with: "\"pid\":-1"), good.replacing("\"version\":2", with: "\"version\":3"),
            good.replacing("\"bundle\"", with: "\"bundel\""), "", "{}", "[]", "null", "{\"phase\":\"running\"}",
            String(good.dropLast()),
        ]
        for text in broken {
            #expect(text != good)
            #expect(throws: TreeError.self, "\(text)") { try ContainerRecord(decoding: Array(text.utf8)) }
        }
    }

    @Test func `a record that cannot be read names its container`() {
        #expect {
            _ = try Records.decode(Array("{}".utf8), "web-1")
        } throws: { error in
            (error as? RuntimeError)?.message.contains("'web-1'") == true
        }
    }

    @Test(arguments: ["a", "a.b", "a_b+c-d", "..a", "A9", "-a"])
    func `ids that are names of directories`(id: String) throws {
        try Runtime.check(id: id)
    }

    @Test(arguments: ["", ".", "..", "a/b", "/", "a b", "a\n", "é", "a\0", "e\u{301}", "a:b"])
    func `ids that could lead elsewhere`(id: String) {
        #expect(throws: RuntimeError.self) { try Runtime.check(id: id) }
    }

    @Test func `an id fits into a directory entry`() throws {
        try Runtime.check(id: String(repeating: "a", count: 255))
        #expect(throws: RuntimeError.self) { try Runtime.check(id: String(repeating: "a", count: 256)) }
    }
}
