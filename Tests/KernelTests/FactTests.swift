import Foundation
import Testing

/// The kernel ring: what Hull relies on in the kernel, and its wrappers of it, on this very machine. The facts themselves are in
/// Tests/kernel-facts; each runs in a process of its own, since it changes what that process is.
@Suite(.serialized, .enabled(if: geteuid() == 0, "the kernel ring needs root")) struct FactTests {
    @Test(arguments: FactRunner.names("path"))
    func `the path library finds and makes what a path names`(fact: String) throws { try FactRunner.check(fact) }

    @Test(arguments: FactRunner.names("attack"))
    func `nothing in an image leads the path library out of its root`(fact: String) throws { try FactRunner.check(fact) }

    @Test(arguments: FactRunner.names("mount"))
    func `mounts by descriptor are what was asked for, or say why not`(fact: String) throws { try FactRunner.check(fact) }

    @Test(arguments: FactRunner.names("capabilities", "groups", "limits", "seccomp", "undumpable"))
    func `what a process may do is taken away for good`(fact: String) throws { try FactRunner.check(fact) }

    @Test(arguments: FactRunner.names("lock"))
    func `a lock is its holder's, and ends with it`(fact: String) throws { try FactRunner.check(fact) }

    @Test(arguments: FactRunner.names("socket"))
    func `sockets carry descriptors and say when nobody is there`(fact: String) throws { try FactRunner.check(fact) }

    @Test(arguments: FactRunner.names("subprocess"))
    func `a program beside us is bounded in time and output`(fact: String) throws { try FactRunner.check(fact) }

    @Test(arguments: FactRunner.names("process", "pidfd", "signals"))
    func `a process is never taken for another`(fact: String) throws { try FactRunner.check(fact) }

    @Test(arguments: FactRunner.names("clone"))
    func `a clone is born where it was told to`(fact: String) throws { try FactRunner.check(fact) }

    @Test(arguments: FactRunner.names("namespace"))
    func `namespaces are proved before they are joined`(fact: String) throws { try FactRunner.check(fact) }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/ns/time"), "the kernel has no time namespaces"))
    func `clock offsets are written before the first process`() throws { try FactRunner.check("time-offsets") }

    @Test(arguments: FactRunner.names("init"))
    func `the init believes its parent alone and cannot be written`(fact: String) throws { try FactRunner.check(fact) }

    @Test(arguments: FactRunner.names("journal"))
    func `the journal is one store to all processes`(fact: String) throws { try FactRunner.check(fact) }

    @Test(arguments: FactRunner.names("log"))
    func `a log is whole, or says what it lacks`(fact: String) throws { try FactRunner.check(fact) }

    @Test(arguments: FactRunner.names("netlink"))
    func `netlink asks and answers`(fact: String) throws { try FactRunner.check(fact) }

    @Test(arguments: FactRunner.names("network"))
    func `pods have a network, and give it back`(fact: String) throws { try FactRunner.check(fact) }

    @Test func `no fact is left out`() throws {
        let groups = [
            "path", "attack", "mount", "capabilities", "groups", "limits", "seccomp", "undumpable", "lock", "socket",
            "subprocess",
            "process", "pidfd", "signals", "clone", "namespace", "time", "init", "journal", "log", "netlink", "network",
        ]
        let all = FactRunner.all
        #expect(all.count > 60)
        #expect(Set(all).count == all.count)
        for name in all { #expect(groups.contains { name.hasPrefix($0 + "-") }, "\(name)") }
    }
}
