import Foundation
import Glibc
import Synchronization
import Testing

/// Pods of one test run at the same time: each has a number.
private let serial = Atomic<Int>(0)

/// A state root and a run root of its own for pods, with one image `busybox:1`.
final class PodPlace: Sendable {
    let name: String
    let work: String
    var root: String { work + "/root" }
    var runRoot: String { work + "/run" }
    /// A directory of the host for what tests and containers share.
    var shared: String { work + "/shared" }

    /// The host's network that its programs see; nil for the machine's.
    let network: TestNetwork?

    init(_ name: String, in network: TestNetwork? = nil) throws {
        self.name = name
        self.network = network
        work = Machine.work + "/pods-" + name
        try FileManager.default.createDirectory(atPath: work + "/shared", withIntermediateDirectories: true)
        try call("image", "import", "-q", Machine.rootfs, "busybox:1", "--cmd", "sh").check("import")
    }

    // MARK: The program

    private func words(_ arguments: [String]) -> [String] {
        (network?.entrance ?? []) + [JournalStore.program] + arguments.prefix(1) + ["--root", root, "--run-root", runRoot]
            + arguments.dropFirst()
    }

    /// One verb to its end.
    @discardableResult
    func call(_ arguments: String..., input: String = Machine.null, timeout: Double = Machine.patience) throws -> Outcome {
        try LifeTests.run(words(arguments), input: input, timeout: timeout)
    }

    /// One verb, started.
    func starting(_ arguments: String...) throws -> RunningProgram { try starting(words: arguments) }
    func starting(words arguments: [String]) throws -> RunningProgram { try start(words(arguments)) }

    /// A shell script with `H`, the program, `O`, the options for its roots, and `W`, the working directory.
    @discardableResult
    func script(_ script: String, timeout: Double = Machine.patience) throws -> Outcome {
        let options = "--root \(root) --run-root \(runRoot)"
        return try LifeTests.run(
            (network?.entrance ?? []) + ["sh", "-ec", script],
            environment: ["H": JournalStore.program, "O": options, "W": work, "R": Machine.rootfs, "PROBE": Machine.probe],
            timeout: timeout)
    }

    // MARK: Manifests

    /// A file with a pod. `spec` is YAML without indentation; the uid carries the mark of this run, so that what is left of the pod is found.
    @discardableResult
    func write(_ pod: String, labels: String = "{}", namespace: String = "default", _ spec: String) throws -> String {
        let path = "\(work)/\(pod).yaml"
        try manifest(pod, labels: labels, namespace: namespace, spec).write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    func manifest(_ pod: String, labels: String = "{}", namespace: String = "default", _ spec: String) -> String {
        let indented = spec.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }.joined(separator: "\n")
        return """
            apiVersion: v1
            kind: Pod
            metadata: {name: \(pod), namespace: \(namespace), uid: \(newUID()), labels: \(labels)}
            spec:
            \(indented)

            """
    }

    /// That of the last pod in a file of ours, which need not be recorded yet.
    func uid(inFile path: String) -> String {
        (fileText(path) ?? "").split(separator: "uid: ").last?.split(separator: ",").first.map(String.init) ?? ""
    }

    func newUID() -> String { "\(podMark)\(serial.add(1, ordering: .relaxed).newValue)-x" }

    /// With what the uids of its pods begin.
    var podMark: String { "\(Machine.mark)-\(name)-p" }

    /// Runs one pod, which must start.
    @discardableResult
    func runPod(
        _ pod: String, labels: String = "{}", _ spec: String, location: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        let outcome = try call("run", try write(pod, labels: labels, spec))
        #expect(outcome.succeeded, "run: \(outcome.errors)", sourceLocation: location)
        return outcome
    }

    // MARK: Looking

    /// The pod's document; null where there is none.
    func document(_ pod: String) throws -> JSONValue {
        let outcome = try call("inspect", "-o", "json", pod)
        return outcome.succeeded ? try JSONValue(parsing: outcome.output) : .null
    }

    func phase(_ pod: String) throws -> String { try document(pod)["status", "phase"]?.string ?? "gone" }

    /// The status of one container, init containers too.
    func container(_ container: String = "c", of pod: String) throws -> JSONValue {
        let status = try document(pod)["status"] ?? .null
        let all = (status["initContainerStatuses"]?.array ?? []) + (status["containerStatuses"]?.array ?? [])
        return all.first { $0["name"]?.string == container } ?? .null
    }

    /// The container's init; 0 where it does not run.
    func pid(_ container: String = "c", of pod: String) throws -> Int32 {
        Int32(try self.container(container, of: pod)["state", "process", "pid"]?.integer ?? 0)
    }

    func log(_ pod: String, _ container: String = "c", _ more: String...) throws -> String {
        try LifeTests.run(words(["logs", pod, "-c", container] + more)).output
    }

    /// The pod's line of `ps -a`, without its age.
    func line(_ pod: String) throws -> [String] {
        let lines = try call("ps", "-a").lines.map { $0.split(separator: " ").map(String.init) }
        return lines.first { $0.first == pod }.map { Array($0.dropLast()) } ?? []
    }

    func uid(_ pod: String) throws -> String { try document(pod)["metadata", "uid"]?.string ?? "" }

    /// The pod's keeper; 0 where it has none.
    func keeper(_ pod: String) throws -> Int32 {
        let record = try call("journal", "get", "--print-value-only", "/sandboxes/" + uid(pod))
        return Int32(try JSONValue(parsing: record.output)["keeper", "pid"]?.integer ?? 0)
    }

    // MARK: The end

    /// What is left of pods in the kernel, below the roots and in the journal, one line each. All pods must have been removed.
    func leftovers() throws -> [String] {
        var left: [String] = []
        _ = eventually {
            left = Leaks.processes(named: work).filter { !$0.contains("sh -ec") } + Leaks.processes(named: podMark)
            left += Leaks.cgroups(named: podMark)
            return left.isEmpty
        }
        left += Leaks.mounts(below: runRoot).filter { $0 != runRoot + "/pods" }.map { "mount \($0)" }
        for directory in [runRoot + "/pods", runRoot + "/containers", root + "/pods", root + "/images/roots"] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            left += names.map { "file \(directory)/\($0)" }
        }
        for prefix in ["/sandboxes/", "/manifests/", "/plans/", "/names/", "/containers/", "/user-ranges/", "/resources/"] {
            left += try call("journal", "range", "--keys-only", prefix).lines.map { "key \($0)" }
        }
        return left
    }

    /// Removes all pods, and expects that nothing of them is left.
    func end(_ location: SourceLocation = #_sourceLocation) {
        do {
            let pods = try JSONValue(parsing: try call("ps", "-a", "-A", "-o", "json").output)["items"]?.array ?? []
            for pod in pods {
                let uid = pod["metadata", "uid"]?.string ?? ""
                let outcome = try call("rm", "-f", "-t", "0", uid)
                #expect(outcome.succeeded, "rm -f \(uid): \(outcome.errors)", sourceLocation: location)
            }
            let left = try leftovers()
            #expect(left == [], "left of \(name)", sourceLocation: location)
            let audit = try call("audit")
            #expect(
                audit.code == 0 && audit.output == "", "audit of \(name): \(audit.output)\(audit.errors)",
                sourceLocation: location)
            Leaks.clearCgroups(named: podMark)
            while umount2(runRoot + "/pods", Int32(MNT_DETACH)) == 0 {}
            if Leaks.mounts(below: work).isEmpty { try LifeTests.run(["rm", "-rf", "--one-file-system", work]) }
        } catch {
            Issue.record(error, sourceLocation: location)
        }
    }
}

/// A place for pods for the time of a closure.
func withPods(
    _ name: String, in network: TestNetwork? = nil, location: SourceLocation = #_sourceLocation, body: (PodPlace) throws -> Void
) throws {
    let place = try PodPlace(name, in: network)
    defer { place.end(location) }
    try body(place)
}

extension Requirement {
    static let keeper = ConditionTrait.enabled("no hull-keeper in HULL_BIN or .build/hull/bin") {
        Machine.exists(Machine.hullDirectory + "/hull-keeper")
    }
}
