import Glibc
import LinuxKernel
import LinuxTypes
import OCISpec
import SeccompFilter

private func bytes(_ outcome: BoundedWork.Outcome) throws -> [UInt8] {
    guard case .answered(let bytes) = outcome else { throw Broken(description: "\(outcome)") }
    return bytes
}

/// Two rules of which libseccomp 2.5.4 makes no program in any time.
private let endless = Profile(
    defaultAction: .errno(38),
    rules: [
        .init(.errno(5), ["read"], where: [.init(argument: 1, .greaterOrEqual, 16), .init(argument: 0, .notEqual, 3)]),
        .init(.allow, ["read"], where: [.init(argument: 0, .notEqual, 3), .init(argument: 1, .notEqual, 16)]),
    ])

let boundedWorkFacts = [
    Fact("subprocess-bounded-work-answers") {
        let work = BoundedWork(seconds: 60, memory: 1 << 32)
        try expectEqual(try bytes(try work.run(limit: 10) { [1, 2, 3] }), [1, 2, 3])
        try expectEqual(try bytes(try work.run(limit: 10) { [] }), [])
        guard case .ended(.exited(code: 1)) = try BoundedWork(seconds: 60, memory: 0).run(limit: 10, { exit(1) }) else {
            throw Broken(description: "an answer of somebody who ended")
        }
        try expect(try peekEndedChild() == nil, "a child is left")
    },
    Fact("subprocess-bounded-work-is-killed") {
        let start = monotonicMicroseconds()
        let asleep = try BoundedWork(seconds: 1, memory: 1 << 32).run(limit: 10) {
            pause(milliseconds: 60_000)
            return []
        }
        guard case .killed = asleep else { throw Broken(description: "\(asleep)") }
        let took = monotonicMicroseconds() - start
        try expect(took >= 1_000_000 && took < 20_000_000, "ended after \(took) µs")
        try expect(try peekEndedChild() == nil, "a child is left")
    },
    Fact("subprocess-bounded-work-dies-with-its-caller") {
        try becomeSubreaper()
        let pipe = try Pipe()
        let child: Int32
        switch try forkIntoNamespaces([], asSibling: false) {
        case .child:
            _ = try BoundedWork(seconds: 100, memory: 1 << 32).run(limit: 10) {
                _ = write(pipe.writeEnd.descriptor.number, "x", 1)
                pause(milliseconds: 100_000)
                return []
            }
            exitImmediately(0)
        case .parent(let pid): child = pid
        }
        var byte: UInt8 = 0
        try expectEqual(read(pipe.readEnd.descriptor.number, &byte, 1), 1)
        try kill(pid: child, .kill)
        try eventually("the end of the caller") { try reapChild(child) != nil }
        try eventually("the end of its work") {
            guard let pid = try peekEndedChild() else { return false }
            return try reapChild(pid) == .signaled(.kill, dumpedCore: false)
        }
    },
    Fact("seccomp-a-compile-without-an-end-is-ended") {
        do throws(SeccompError) {
            _ = try compileInChild(endless, seconds: 1)
        } catch {
            guard case .unfinished = error else { throw Broken(description: "\(error)") }
            return
        }
        throw Missing(what: "this libseccomp makes a program of two rules that 2.5.4 despairs of")
    },
    Fact("seccomp-a-compile-in-a-child-is-the-same") {
        let profile = DefaultProfile.profile(capabilities: [], architecture: .x86_64)
        try expectEqual(try compileInChild(profile), try compile(profile))
        let wrong = Profile(
            defaultAction: .allow,
            rules: [
                .init(.errno(1), ["read"], where: [.init(argument: 0, .equal, 1)]),
                .init(.errno(2), ["read"], where: [.init(argument: 0, .equal, 1)]),
            ])
        do throws(SeccompError) { _ = try compileInChild(wrong) } catch {
            return try expectEqual(error, .conflict(systemCall: "read"))
        }
        throw Broken(description: "rules that contradict each other were compiled")
    },
]
