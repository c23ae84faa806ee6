import Foundation
import Synchronization
import Testing

/// Cases of one test run at the same time: each container has a number.
private let serial = Atomic<Int>(0)

/// One container of the runtime under test, in a bundle of its own.
struct Container: Sendable {
    let bundle: Bundle
    let runtime: Runtime

    var id: String { bundle.id }

    init(_ name: String, runtime: Runtime = .subject, change: (inout JSONValue) -> Void = { _ in }) throws {
        var configuration = baseConfiguration
        configuration.waits()
        change(&configuration)
        bundle = try Bundle("\(name)-\(serial.add(1, ordering: .relaxed).newValue)", configuration: configuration)
        self.runtime = runtime
    }

    /// A shell script with RT, ID, BUNDLE and WORK set.
    @discardableResult
    func script(_ script: String, ownMounts: Bool = false, timeout: Double = Machine.patience) throws -> Outcome {
        try runtime.run(script: script, bundle: bundle, ownMounts: ownMounts, timeout: timeout)
    }

    /// One command; `ID` stands for the container's.
    @discardableResult
    func call(_ arguments: String..., timeout: Double = Machine.patience) throws -> Outcome {
        let words = arguments.map { $0 == "ID" ? id : $0 }.map(Runtime.quoted)
        return try script("exec $RT " + words.joined(separator: " "), timeout: timeout)
    }

    /// Starts one command and does not wait.
    func starting(_ arguments: String...) throws -> RunningProgram {
        try FileManager.default.createDirectory(atPath: runtime.root, withIntermediateDirectories: true)
        let words = arguments.map { $0 == "ID" ? id : $0 }
        let prefix = runtime.isPeer ? PeerNamespace.shared.enter : []
        // A shell changes the directory; it becomes the runtime, so that the process is the runtime's own.
        return try start(
            prefix + ["sh", "-c", "cd \"$0\" && exec \"$@\"", bundle.path, runtime.program, "--root", runtime.root] + words)
    }

    var state: JSONValue? {
        guard let outcome = try? call("state", "ID"), outcome.succeeded else { return nil }
        return try? JSONValue(parsing: outcome.output)
    }

    var status: String? { state?["status"]?.string }

    var pid: Int32 { Int32(state?["pid"]?.integer ?? 0) }

    /// Removes the container whatever its state, and expects that nothing of it is left.
    func end(_ location: SourceLocation = #_sourceLocation) {
        let outcome = try? call("delete", "-f", "ID")
        #expect(outcome?.succeeded == true, "delete -f: \(outcome?.errors ?? "not run")", sourceLocation: location)
        #expect(Leaks.of(bundle, runtime: runtime) == [], "left of \(id)", sourceLocation: location)
        bundle.remove()
    }
}

/// A container for the time of a closure.
func withContainer(
    _ name: String, change: (inout JSONValue) -> Void = { _ in }, location: SourceLocation = #_sourceLocation,
    body: (Container) throws -> Void
) throws {
    let container = try Container(name, change: change)
    defer { container.end(location) }
    try body(container)
}

/// Whether an outcome is a failure of the runtime itself that says these things in its last line.
func expectFailure(_ outcome: Outcome, code: Int32 = 1, _ words: String..., location: SourceLocation = #_sourceLocation) {
    #expect(outcome.code == code, "\(outcome.errors)\(outcome.output)", sourceLocation: location)
    for word in words { #expect(outcome.errors.contains(word), "wants '\(word)'", sourceLocation: location) }
}
