import CommandSupport
import JournalVerbs
import KeeperProtocol
import PodRecords
import PodSandbox
import PodVerbs

extension PodSession {
    func recover(_ arguments: RecoverArguments) throws(Failure) -> ExitCode {
        let registry = try registry()
        try attempt { () throws(PodError) in try KeeperTraces.remove(registry) }
        let pods = try attempt { () throws(PodError) in try registry.all { Log.plain.write(.warning, $0) } }
        let recovery = PodRecovery(registry)
        var restarted: [PodState] = []
        try each(pods) { pod throws(Failure) in
            let outcome = try about(pod) { () throws(Failure) in
                try attempt { () throws(PodError) in try recovery.recover(pod) { note($0) } }
            }
            if outcome == .restarted { restarted.append(pod) }
            if [.left, .stopped, .removed].contains(outcome) { dropKeeperCgroup(pod.sandbox.uid) }
            guard !arguments.isQuiet, let text = outcome.text else { return }
            try Output.write("\(pod.sandbox.fullName) \(text)\n".utf8)
        }
        guard arguments.waits else { return .done }
        try each(restarted) { pod throws(Failure) in
            try about(pod) { () throws(Failure) in try ask(.run, pod.sandbox.uid) }
        }
        return .done
    }

    func upgrade(_ arguments: UpgradeArguments) throws(Failure) -> ExitCode {
        let upgrade = try attempt { () throws(PodError) in try KeeperUpgrade(places) }
        let registry = try registry()
        var pods: [PodState] = []
        if arguments.pods.isEmpty {
            pods = try attempt { () throws(PodError) in try registry.all { Log.plain.write(.warning, $0) } }
        }
        for name in arguments.pods { pods.append(try find(name)) }
        try each(pods) { pod throws(Failure) in
            let outcome = try about(pod) { () throws(Failure) in
                try attempt { () throws(PodError) in try upgrade.upgrade(pod) }
            }
            switch outcome {
            case .absent: break
            case .current: try Output.write("\(pod.sandbox.fullName) is current\n".utf8)
            case .upgraded: try Output.write("\(pod.sandbox.fullName) upgraded\n".utf8)
            }
        }
        return .done
    }

    /// A failure is told with the pod's name.
    private func about<Result>(_ pod: PodState, _ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        do throws(Failure) { return try body() } catch {
            throw Failure("pod '\(pod.sandbox.fullName)': \(error.message ?? "failed")", hint: error.hint, exit: error.exit)
        }
    }
}

extension PodRecovery.Outcome {
    /// What is told of it; nil for nothing.
    fileprivate var text: String? {
        switch self {
        case .nothing: nil
        case .adopted: "has a keeper again"
        case .restarted: "runs again"
        case .left: "stays lost: its restart policy says so"
        case .stopped: "stopped"
        case .removed: "removed"
        }
    }
}
