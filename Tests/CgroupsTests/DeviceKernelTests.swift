import Foundation
import LinuxKernel
import LinuxTypes
import OCISpec
import Testing

@testable import Cgroups

@Suite(.serialized, .enabled(if: Host.isUsable, "needs root and cgroups")) struct DeviceKernelTests {
    /// /dev/kmsg, which no container has by itself, under a name of our own.
    private func withNode(_ body: (String) throws -> Void) throws {
        let path = "/dev/shm/hull-kmsg-\(currentPID())"
        try FileDescriptor.workingDirectory.makeNode(
            path, type: .characterDevice, permissions: 0o600, device: DeviceNumber(major: 1, minor: 11))
        defer { try? FileDescriptor.workingDirectory.unlink(path) }
        try body(path)
    }

    /// The exit code of a shell in a cgroup with these rules.
    private func run(_ rules: [Resources.DeviceRule], _ script: String) throws -> LinuxKernel.ExitStatus? {
        let scope = try Scope()
        let cgroup = try scope.create("c", .init(devices: rules))
        let process = try scope.run(in: cgroup.location, script)
        return process.wait()
    }

    @Test func whatNoRuleAllowsCannotBeOpened() throws {
        try withNode { (node: String) throws in
            #expect(try run([], "exec 3<\(node)") != .exited(code: 0))
            #expect(try run([.init(allow: false)], "exec 3<\(node)") != .exited(code: 0))
            #expect(try run([.init(allow: false)], "exec 3</dev/null 4>/dev/zero") == .exited(code: 0))
        }
    }

    @Test func rulesAllowByNumberAndAccess() throws {
        let read = Resources.DeviceRule(allow: true, type: .character, major: 1, minor: 11, access: .read)
        try withNode { (node: String) throws in
            #expect(try run([.init(allow: false), read], "exec 3<\(node)") == .exited(code: 0))
            #expect(try run([.init(allow: false), read], "exec 3>\(node)") != .exited(code: 0))
            #expect(try run([.init(allow: true)], "exec 3<>\(node)") == .exited(code: 0))
            #expect(
                try run([read, .init(allow: false, type: .character, major: 1, minor: 11)], "exec 3<\(node)") != .exited(code: 0))
        }
    }

    @Test func aCgroupThatWasUsedBeforeGetsTheNewRules() throws {
        let scope = try Scope()
        try scope.makeByHand("given")
        try withNode { (node: String) throws in
            let rules: [[Resources.DeviceRule]] = [
                [.init(allow: false)], [.init(allow: true, type: .character, major: 1, minor: 11)],
            ]
            for (index, list) in rules.enumerated() {
                let cgroup = try scope.create("given", .init(devices: list))
                let process = try scope.run(in: cgroup.location, "exec 3<\(node)")
                #expect((process.wait() == .exited(code: 0)) == (index == 1))
            }
        }
    }
}
