import Foundation
import LinuxTypes
import Testing

/// Raw values that go to the kernel as they are.
@Suite struct KernelNumberTests {
    @Test func `a device number comes back from its encoding`() {
        let parts: [UInt32] = [0, 1, 3, 0xff, 0x100, 0xfff, 0x1000, 0xf_ffff, 0x10_0000, 0xffff_ffff]
        for major in parts {
            for minor in parts {
                let number = DeviceNumber(major: major, minor: minor)
                #expect(DeviceNumber(encoded: number.encoded) == number)
            }
        }
    }

    @Test func `a device number is encoded as stat(2) does`() throws {
        #expect(DeviceNumber(major: 1, minor: 3).encoded == 0x103)
        #expect(DeviceNumber(major: 0xfff, minor: 0xf_ffff).encoded == 0xfff_fffff)
        var status = stat()
        try #require(stat("/dev/null", &status) == 0)
        #expect(DeviceNumber(encoded: UInt64(status.st_rdev)) == DeviceNumber(major: 1, minor: 3))
    }

    @Test func `namespaces have their clone flags and three names`() {
        let expected: [(NamespaceKind, UInt64, String, String)] = [
            (.time, 0x80, "time", "time"), (.mount, 0x2_0000, "mnt", "mount"), (.cgroup, 0x200_0000, "cgroup", "cgroup"),
            (.uts, 0x400_0000, "uts", "uts"), (.ipc, 0x800_0000, "ipc", "ipc"), (.user, 0x1000_0000, "user", "user"),
            (.pid, 0x2000_0000, "pid", "pid"), (.network, 0x4000_0000, "net", "network"),
        ]
        #expect(Set(expected.map(\.0)) == Set(NamespaceKind.allCases))
        for (kind, flag, proc, specification) in expected {
            #expect(kind.cloneFlag == flag)
            #expect(kind.procName == proc)
            #expect(kind.specName == specification)
            #expect(NamespaceKind(specName: specification) == kind)
            #expect(FileManager.default.fileExists(atPath: "/proc/self/ns/\(proc)") || kind == .time)
        }
        for name in ["net", "mnt", "Network", "", "network "] { #expect(NamespaceKind(specName: name) == nil) }
    }

    @Test func `limits have the kernel's numbers and names that read back`() {
        #expect(ResourceLimitKind(specName: "RLIMIT_CPU")?.rawValue == 0)
        #expect(ResourceLimitKind(specName: "RLIMIT_NOFILE")?.rawValue == 7)
        #expect(ResourceLimitKind(specName: "RLIMIT_AS")?.rawValue == 9)
        #expect(ResourceLimitKind(specName: "RLIMIT_RTTIME")?.rawValue == 15)
        #expect(ResourceLimitKind.allCases.count == 16)
        for kind in ResourceLimitKind.allCases { #expect(ResourceLimitKind(specName: kind.specName) == kind) }
        for name in ["NOFILE", "rlimit_nofile", "RLIMIT_", ""] { #expect(ResourceLimitKind(specName: name) == nil) }
    }

    @Test func `capability sets list their numbers in order`() {
        #expect(CapabilitySet([.sysAdmin, .setgid]).numbers == [6, 21])
        #expect(CapabilitySet(number: 63).numbers == [63])
        #expect(CapabilitySet().numbers.isEmpty)
        #expect(CapabilitySet(number: 0).rawValue == 1)
    }

    @Test func `a file's type is read from its mode alone`() {
        #expect(FileType(mode: 0o100644) == .regular)
        #expect(FileType(mode: 0o041777) == .directory)
        #expect(FileType(mode: 0o020666) == .characterDevice)
        #expect(FileType(mode: 0o060660) == .blockDevice)
        #expect(FileType(mode: 0o644) == nil)
    }
}
