import Foundation
import Testing

/// crun 1.8 and runc 1.1 do what the specification says here only with systemd, so this is no differential test.
@Suite("cgroup ownership", Requirement.unifiedCgroups, Requirement.rootfs, Requirement.subject, .leakCheck)
struct CgroupOwnershipTests {
    @Test("the container's user owns a writable cgroup of its own, the limits in it stay root's", arguments: [true, false])
    func owner(isWritable: Bool) throws {
        try withContainer("cgroup-owner") {
            $0["process", "user", "uid"] = 1000
            $0.mount("/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: isWritable ? ["nosuid"] : ["nosuid", "ro"])
        } body: { container in
            try container.call("run", "-d", "ID").check("run -d")
            let line = try #require(fileText("/proc/\(container.pid)/cgroup")?.split(separator: "\n").first)
            let directory = "/sys/fs/cgroup" + line.dropFirst("0::".count)
            let owned: UInt32 = isWritable ? 1000 : 0
            #expect(owner(of: directory) == owned)
            #expect(owner(of: directory + "/cgroup.procs") == owned)
            #expect(owner(of: directory + "/memory.max") == 0)
        }
    }

    private func owner(of path: String) -> UInt32? {
        do {
            return try FileManager.default.attributesOfItem(atPath: path)[.ownerAccountID] as? UInt32
        } catch {
            return nil
        }
    }
}
