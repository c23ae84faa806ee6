import Foundation

/// A runtime under test: one of the peers, or ours.
struct Runtime: Sendable, CustomStringConvertible {
    let name: String
    let program: String
    /// Peers run in a private mount namespace, see `PeerNamespace`; ours must work with the machine as it is.
    let isPeer: Bool

    static let crun = Runtime(name: "crun", program: "/usr/bin/crun", isPeer: true)
    static let runc = Runtime(name: "runc", program: "/usr/sbin/runc", isPeer: true)
    static let hull = Runtime(name: "hull", program: Machine.hullDirectory + "/hull-runtime", isPeer: false)

    /// What the life tests test: Hull. HULL_LIFE_SUBJECT=runc or =crun puts a peer in its place, to try the tests themselves.
    static let subject: Runtime = [crun, runc].first { $0.name == Machine.setting("HULL_LIFE_SUBJECT") } ?? hull

    var description: String { name }
    var isPresent: Bool { Machine.exists(program) }

    /// State directory of this run.
    var root: String { Machine.state + "/" + name }

    /// The command with its state directory, for scripts that use it unquoted.
    var command: String { "\(program) --root \(root)" }

    /// Runs a shell script with RT, ID, BUNDLE, WORK set and the bundle as working directory; where `ownMounts`, in a private copy
    /// of the mount table.
    func run(script: String, bundle: Bundle, ownMounts: Bool = false, timeout: Double = Machine.patience) throws -> Outcome {
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        var arguments = isPeer ? PeerNamespace.shared.enter : []
        if ownMounts { arguments += ["unshare", "-m", "--propagation", "private", "--"] }
        arguments += ["sh", "-c", "cd \(bundle.path) || exit 97\n" + script]
        let environment = ["RT": command, "ID": bundle.id, "BUNDLE": bundle.path, "WORK": bundle.work, "PROBE": Machine.probe]
        return try LifeTests.run(arguments, environment: environment, timeout: timeout)
    }

    /// One command of the runtime, in the bundle's directory.
    @discardableResult
    func callAsFunction(_ arguments: String..., bundle: Bundle, timeout: Double = Machine.patience) throws -> Outcome {
        try run(script: "exec $RT " + arguments.map(Self.quoted).joined(separator: " "), bundle: bundle, timeout: timeout)
    }

    static func quoted(_ text: String) -> String { "'" + text.replacingOccurrences(of: "'", with: "'\\''") + "'" }
}
