import Foundation
import Glibc
import Testing

/// A host's network for one test: a network namespace with nothing but loopback, in which `hull` and what stands for the host's programs run. The machine's own
/// network is never touched. It ends with the value.
final class TestNetwork: Sendable {
    private let keeper: RunningProgram

    init() throws {
        keeper = try start(["unshare", "-n", "sleep", "100000"])
        let path = "/proc/\(keeper.pid)/ns/net"
        let isThere = eventually {
            let own = try? FileManager.default.destinationOfSymbolicLink(atPath: path)
            return own != nil && own != Machine.hostNamespaces["net"] && fileText("/proc/\(keeper.pid)/comm") == "sleep\n"
        }
        guard isThere else { throw LifeError("no network namespace") }
        try call("ip", "link", "set", "lo", "up").check("lo")
    }

    deinit {
        keeper.kill()
        _ = keeper.wait()
    }

    /// What stands before a program's words.
    var entrance: [String] { ["nsenter", "--net=/proc/\(keeper.pid)/ns/net", "--"] }

    /// A program of the host.
    @discardableResult
    func call(_ words: String...) throws -> Outcome { try LifeTests.run(entrance + words, timeout: Machine.patience) }

    /// What a TCP server there says.
    func answer(_ address: String, _ port: Int) throws -> String {
        try call(Machine.rootfs + "/bin/busybox", "nc", "-w", "5", address, "\(port)").output
    }

    /// What is left of pod networks: interfaces other than loopback, tables, settings. The kernel and the last worker may take a moment.
    func leftovers() throws -> [String] {
        var left: [String] = []
        _ = eventually {
            left = ((try? call("ip", "-o", "link").lines) ?? ["no links"]).filter { !$0.hasPrefix("1: lo:") }
            left += ((try? call("nft", "list", "tables").lines) ?? ["no tables"]).filter { $0.contains("hull0") }
            left += ((try? call("sysctl", "net.ipv4.ip_forward").lines) ?? ["no settings"]).filter { !$0.hasSuffix("= 0") }
            return left.isEmpty
        }
        return left
    }

    /// Whether the kernel has what a bridge network with host ports needs.
    static let isComplete: Bool = {
        let table = "add table inet a; add chain inet a b { type nat hook postrouting priority 100; }; add table bridge a"
        return (try? LifeTests.run(["unshare", "-n", "nft", table]))?.succeeded == true
    }()
}

extension Requirement {
    static let network = ConditionTrait.enabled("the kernel has no NAT in nf_tables") { TestNetwork.isComplete }
}
