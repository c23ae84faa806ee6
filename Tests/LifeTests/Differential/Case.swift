import Dispatch
import Foundation
import Synchronization
import Testing

/// One bundle and what is done with it. The same script runs under every runtime: `$RT` is the runtime with its state directory,
/// `$ID`, `$BUNDLE`, `$WORK` as in `Runtime.run`.
struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    var script = "exec $RT run $ID"
    /// In a private copy of the mount table, for scripts that mount.
    var ownMounts = false
    /// Which peers know the feature.
    var peers = ["crun", "runc"]
    var needs: [Need] = []
    let change: @Sendable (inout JSONValue) -> Void

    init(
        _ name: String, script: String = "exec $RT run $ID", ownMounts: Bool = false, peers: [String] = ["crun", "runc"],
        needs: [Need] = [],
        change: @escaping @Sendable (inout JSONValue) -> Void = { _ in }
    ) {
        self.name = name
        self.script = script
        self.ownMounts = ownMounts
        self.peers = peers
        self.needs = needs
        self.change = change
    }

    var testDescription: String { name }

    /// Bundles that are refused, or whose program is not the probe and fails.
    var isRefused: Bool { Self.refused.contains { matches(name, pattern: $0) } }

    private static let refused = [
        "exit-*", "bind-missing-source", "mount-unknown-*", "mount-*-on-link", "namespace-wrong-type",
        "args-without-path-variable", "cwd-file",
        "sysctl-of-host", "sysctl-network-without-namespace", "sysctl-unknown", "limit-unknown", "limit-soft-above-hard",
        "seccomp-unknown-action", "cgroup-pids-effect", "cgroup-memory-too-small",
        "exec-exit-code", "exec-signal", "exec-not-*", "exec-cwd-missing", "exec-no-process", "exec-unknown-container",
        "exec-stopped",
    ]

    var configuration: JSONValue {
        var configuration = baseConfiguration
        change(&configuration)
        return configuration
    }

    /// The bundle run by one runtime, and everything seen, by field.
    func observe(_ runtime: Runtime) throws -> Observation {
        let bundle = try Bundle(name, configuration: configuration, for: runtime)
        var outcome = try runtime.run(script: script, bundle: bundle, ownMounts: ownMounts)
        _ = try runtime.run(script: "$RT delete -f $ID", bundle: bundle)
        let left = runtime.isPeer ? [] : Leaks.of(bundle, runtime: runtime)
        let known = fileText(bundle.work + "/namespaces") ?? ""
        bundle.remove()
        // The copies of a bundle differ in the runtime's name. Order: the longer name of the directory before the one that leaves
        // out where its file system is mounted.
        for name in [bundle.work, bundle.workInFileSystem] {
            outcome.output = outcome.output.replacingOccurrences(of: name, with: "/work")
        }
        outcome.output = outcome.output.replacingOccurrences(of: bundle.id, with: "ID")
        return Observation(runtime: runtime.name, outcome: outcome, leaks: left, namespaceNames: known)
    }

    /// The bundle run by several runtimes at once: most of a peer's time is waiting for legacy cgroups.
    func observe(_ runtimes: [Runtime]) throws -> [Observation] {
        let results = Mutex<[String: Result<Observation, any Error>]>([:])
        DispatchQueue.concurrentPerform(iterations: runtimes.count) { index in
            let result = Result { try observe(runtimes[index]) }
            results.withLock { $0[runtimes[index].name] = result }
        }
        if Machine.hasUnifiedCgroups { try PeerNamespace.shared.restoreCgroupOptions() }
        return try runtimes.compactMap { try results.withLock { $0 }[$0.name]?.get() }
    }
}
