import CommandSupport
import JournalVerbs
import LinuxTypes
import PodSandbox
import PodSpec
import PodVerbs

extension PodSession {
    func plan(_ arguments: PlanArguments) throws(Failure) -> ExitCode {
        var manifests: [Manifest] = []
        for file in arguments.files { manifests.append(try readManifest(file, needsPod: false, arguments.tuning)) }
        let plan = try plan(manifests, arguments.network, arguments.configuration)
        if arguments.isQuiet {
            try Output.write("\(plan.digest)\n".utf8)
        } else if let format = arguments.output {
            try Output.write(one: plan.json + [UInt8(ascii: "\n")], as: format)
        } else {
            try Output.write(PlanText.text(of: plan, in: Output.textStyle).utf8)
        }
        return .done
    }

    /// What a run of manifests would do.
    func plan(_ manifests: [Manifest], _ mode: NetworkMode?, _ file: HostPath?) throws(Failure) -> PlannedRun {
        let (configuration, network) = try attempt { () throws(PodError) in
            let configuration = try MachineConfiguration(reading: file)
            return (configuration, try configuration.admit(mode ?? configuration.network))
        }
        let documents = manifests.flatMap { $0.documents.map(\.document) }
        let claims = manifests.flatMap { $0.claims.map(\.claim) }
        let planner = PodPlanner(places, network, configuration, given: documents, claims: claims)
        try checkConfig(of: manifests)
        try checkMachine(of: manifests, configuration)
        var pods: [PlannedPod] = []
        for manifest in manifests {
            for entry in manifest.entries {
                try checkPorts(entry, of: manifest.name, network)
                let inert = entry.notes.filter { $0.kind == .inert }.map(\.path)
                let warnings = entry.notes.filter { $0.kind == .warning }.map { "\($0.path): \($0.message)" }
                pods.append(
                    try attempt { () throws(PodError) in try planner.plan(entry.pod, inert: inert, warnings: warnings) })
            }
        }
        let kept =
            documents.map { "\($0.kind.word)/\($0.metadata.namespace)/\($0.metadata.name)" }
            + claims.map { "persistentvolumeclaim/\($0.metadata.namespace)/\($0.metadata.name)" }
        return PlannedRun(kept: kept, pods: pods)
    }

    /// Refuses to run what would do something else than was planned.
    func hold(_ manifests: [Manifest], to digest: String, _ arguments: RunPodArguments) throws(Failure) {
        let now = try plan(manifests, arguments.network, arguments.configuration).digest
        guard now != digest, now != "sha256:" + digest else { return }
        throw Failure(
            "the plan is not \(digest) any more, but \(now)",
            hint: "'hull plan' shows what would be done now: if that is wanted, run with its digest")
    }
}
