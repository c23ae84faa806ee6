// One fact about the kernel and our wrappers of it per run: `kernel-facts NAME`. Exit code 0 where it holds, 1 with the reason on stderr,
// 77 with the reason where this machine lacks what it needs. `kernel-facts` alone lists the names.
//
// A program of its own, since joining and making namespaces wants a process with one thread, and because what a fact breaks (its root, its
// capabilities, its filter) goes with its process. What a fact makes hangs on its descriptors or its own mount namespace: nothing is left.

import Glibc
import LinuxKernel

@main
enum Program {
    static func main() {
        // The threads of a test runner block signals, and a child inherits that.
        resetSignalActions()
        do throws(KernelError) { try setBlockedSignals(.none) } catch { end(3, "\(error)") }
        // A fact that hangs is a fact that is wrong.
        alarm(120)
        guard CommandLine.arguments.count == 2 else {
            for fact in Fact.all { print(fact.name) }
            return
        }
        guard let fact = Fact.all.first(where: { $0.name == CommandLine.arguments[1] }) else { end(2, "no fact of that name") }
        do {
            try fact.check()
        } catch let missing as Missing {
            end(77, missing.what)
        } catch {
            end(1, "\(error)")
        }
    }

    private static func end(_ code: Int32, _ message: String) -> Never {
        do throws(KernelError) {
            try FileDescriptor.standardError.writeAll((message + "\n").utf8)
        } catch {
            exit(3)
        }
        exit(code)
    }
}

/// Something that must be so.
struct Fact: Sendable {
    let name: String
    let check: @Sendable () throws -> Void

    init(_ name: String, _ check: @escaping @Sendable () throws -> Void) {
        self.name = name
        self.check = check
    }

    static let all =
        pathFacts + attackFacts + mountFacts + credentialFacts + lockFacts + socketFacts + subprocessFacts + boundedWorkFacts
        + processFacts
        + cloneFacts
        + namespaceFacts + initFacts + journalFacts + journalIndexFacts + journalHolderFacts + journalLeaseFacts
        + journalSoakFacts + logFacts + networkFacts + networkPortFacts + networkCrashFacts + networkRuleFacts + networkGuardFacts
        + networkRootFacts
        + networkCheckFacts
        + networkRetireFacts
        + networkCNIFacts + netlinkFacts
}

/// A fact that does not hold.
struct Broken: Error, CustomStringConvertible {
    let description: String
}

/// A machine on which a fact cannot be checked.
struct Missing: Error {
    let what: String
}

func expect(_ holds: Bool, _ message: @autoclosure () throws -> String, line: Int = #line, file: StaticString = #fileID) throws {
    if !holds { throw Broken(description: "\(file):\(line): \(try message())") }
}

func expectEqual<Value: Equatable>(_ found: Value, _ expected: Value, line: Int = #line, file: StaticString = #fileID) throws {
    try expect(found == expected, "found \(found), expected \(expected)", line: line, file: file)
}
