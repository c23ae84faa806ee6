import CommandSupport
import JournalVerbs
import KeeperProtocol
import LinuxKernel
import LinuxTypes
import PodRecords
import PodSandbox
import PodSpec
import PodVerbs
import StrictTree

extension PodSession {
    func run(_ arguments: RunPodArguments) throws(Failure) -> ExitCode {
        // Order: all manifests are read before anything is made.
        let configuration = try attempt { () throws(PodError) in try MachineConfiguration(reading: arguments.configuration) }
        let network = try attempt { () throws(PodError) in try configuration.admit(arguments.network ?? configuration.network) }
        var manifests: [Manifest] = []
        for file in arguments.files { manifests.append(try readManifest(file, needsPod: false, arguments.tuning)) }
        var pods: [Pod] = []
        for manifest in manifests { pods += try self.pods(of: manifest, arguments, network) }
        guard !pods.isEmpty else {
            throw Failure(
                "there is no pod in what was given",
                hint: manifests.contains { !$0.documents.isEmpty } ? "'hull apply' takes what pods use" : nil, exit: .usage)
        }
        guard pods.count == 1 || !arguments.isInteractive && !arguments.hasTerminal else {
            throw Failure(
                "--interactive and --tty are for one pod, there are \(pods.count)", hint: "run the others without", exit: .usage)
        }
        try refusing(pods, .missingConfig) { () throws(Failure) in try checkConfig(of: manifests) }
        try refusing(pods, .notAllowed) { () throws(Failure) in try checkMachine(of: manifests, configuration) }
        for line in try unlimited(manifests, pods: true) {
            if arguments.isStrict { throw Failure(line, hint: "without --strict it runs all the same", exit: .usage) }
            if !arguments.isQuiet { Log.plain.write(.warning, line) }
        }
        if let digest = arguments.plan { try hold(manifests, to: digest, arguments) }
        let admitted = try admit(pods, arguments, network)
        // Order: what pods use is there before they are.
        try keep(manifests) { line throws(Failure) in if !arguments.isQuiet { note(line) } }
        if arguments.isInteractive || arguments.hasTerminal, let pod = admitted.first {
            return try runAttached(pod, arguments, configuration.podUsers)
        }
        var started: [PodUID] = []
        for pod in admitted { started.append(try start(pod, arguments, configuration.podUsers)) }
        guard arguments.waits else { return .done }
        var result = ExitCode.done
        for uid in started where try !awaitEnd(of: uid) { result = .failed }
        return result
    }

    /// A pod of which everything was looked at that can be before anything is made.
    private struct AdmittedPod {
        let pod: Pod
        let plan: PodPlan
    }

    /// Order: all of them before the first is started, so that one that cannot be leaves none of the others behind.
    private func admit(
        _ pods: [Pod], _ arguments: RunPodArguments, _ network: AdmittedNetwork
    ) throws(Failure) -> [AdmittedPod] {
        var names: Set<String> = []
        var uids: [String: String] = [:]
        var admitted: [AdmittedPod] = []
        let registry = try registry()
        for pod in pods {
            let name = "\(pod.metadata.namespace)/\(pod.metadata.name)"
            guard names.insert(name).inserted else {
                throw Failure("pod '\(name)' is given twice", hint: "one of a name is all there can be", exit: .usage)
            }
            if let other = uids.updateValue(name, forKey: pod.metadata.uid) {
                throw Failure(
                    "pods '\(other)' and '\(name)' have one uid: \(pod.metadata.uid)",
                    hint: "without 'metadata.uid' in its manifest a pod gets one of its own", exit: .usage)
            }
            let signals = try refusing([pod]) { () throws(PodError) in
                try PodAdmission.admit(pod, places) { if !arguments.isQuiet { note($0) } }
            }
            let plan = try attempt { () throws(PodError) in
                try PodPlan(pod, removesItself: arguments.removes, network: network, stopSignals: signals)
            }
            try refusing([pod]) { () throws(PodError) in
                if let obstacle = try registry.obstacle(toRecording: pod, isReplacing: arguments.replaces) { throw obstacle }
            }
            admitted.append(AdmittedPod(pod: pod, plan: plan))
        }
        return admitted
    }

    private func pods(
        of manifest: Manifest, _ arguments: RunPodArguments, _ network: AdmittedNetwork
    ) throws(Failure) -> [Pod] {
        for document in manifest.documents { try tell(document.notes, of: manifest.name, arguments) }
        for claim in manifest.claims { try tell(claim.notes, of: manifest.name, arguments) }
        var pods: [Pod] = []
        for entry in manifest.entries {
            try tell(entry.notes, of: manifest.name, arguments)
            var pod = entry.pod
            pod.identify(uid: try Self.randomUID(), suffix: try Self.randomSuffix())
            try check(pod, arguments)
            try refusing([pod], .notAllowed) { () throws(Failure) in try checkPorts(entry, of: manifest.name, network) }
            pods.append(pod)
        }
        return pods
    }

    /// What is attached to must be able to be: a manifest says what a container is, not the command line.
    private func check(_ pod: Pod, _ arguments: RunPodArguments) throws(Failure) {
        let name = pod.defaultContainer
        guard let first = pod.spec.containers.first(where: { name == nil || $0.name == name }) else { return }
        if arguments.hasTerminal, !first.tty {
            throw Failure(
                "--tty: container '\(first.name)' has no terminal", hint: "set 'tty: true' in its manifest", exit: .usage)
        }
        if arguments.isInteractive, !first.stdin {
            throw Failure(
                "--interactive: container '\(first.name)' has no stdin", hint: "set 'stdin: true' in its manifest", exit: .usage)
        }
    }

    /// Ports of the host need a network that has them.
    func checkPorts(_ entry: Manifest.Entry, of name: String, _ network: AdmittedNetwork) throws(Failure) {
        guard let obstacle = PodPorts.obstacle(to: entry.pod, in: network) else { return }
        let place = entry.position(of: obstacle.path).map { ":\($0.line):\($0.column)" } ?? ""
        throw Failure("\(name)\(place): \(obstacle.path): \(obstacle.message)", hint: obstacle.hint, exit: .usage)
    }

    private func tell(_ notes: [Note], of name: String, _ arguments: RunPodArguments) throws(Failure) {
        if arguments.isStrict, let first = notes.first(where: { $0.kind == .warning }) {
            throw Failure("\(name): \(first)", hint: "without --strict it is left out", exit: .usage)
        }
        if !arguments.isQuiet { tell(notes, of: name) }
    }

    /// Records a pod; whatever has its name goes first, where that was asked for.
    private func record(
        _ pod: AdmittedPod, _ arguments: RunPodArguments, _ users: UserRanges, awaitsRun: Bool = false
    ) throws(Failure) -> PodRegistry {
        if arguments.replaces { try replace(pod.pod) }
        let registry = try registry(isWritable: true)
        try refusing([pod.pod]) { () throws(PodError) in
            try registry.create(
                pod.pod, pod.plan, users: users, isStepwise: arguments.makesSandboxOnly, awaitsRun: awaitsRun,
                at: wallNanoseconds())
        }
        return registry
    }

    /// Records a pod, starts its keeper, and waits until its containers run.
    private func start(_ admitted: AdmittedPod, _ arguments: RunPodArguments, _ users: UserRanges) throws(Failure) -> PodUID {
        let (pod, plan) = (admitted.pod, admitted.plan)
        let registry = try record(admitted, arguments, users)
        let request = arguments.makesSandboxOnly ? KeeperRequest.runSandbox : .run
        do throws(Failure) {
            let connection = try attempt { () throws(PodError) in try KeeperConnection.open(places, plan.uid) }
            try attempt { () throws(PodError) in try connection.send(request) }
            // What was asked for is on the disk before anybody is told that it is so; meanwhile it comes to be.
            try attempt { () throws(PodError) in try registry.makeDurable(plan.uid) }
            try hear(connection, plan.uid, request)
        } catch {
            if arguments.removes { try removePod(plan.uid, grace: 0) }
            throw Self.failure(of: pod, error)
        }
        try Output.write("\(pod.metadata.namespace)/\(pod.metadata.name)\n".utf8)
        return plan.uid
    }

    private static func failure(of pod: Pod, _ error: Failure) -> Failure {
        Failure("pod '\(pod.metadata.name)': \(error.message ?? "failed")", hint: error.hint, exit: error.exit)
    }

    /// Records a pod, attaches to its main container, and lets that run only then: nothing of what it prints is missed.
    private func runAttached(
        _ admitted: AdmittedPod, _ arguments: RunPodArguments, _ users: UserRanges
    ) throws(Failure) -> ExitCode {
        let plan = admitted.plan
        guard let container = plan.mainContainer else { throw Failure("the pod has no container", exit: .usage) }
        let registry = try record(admitted, arguments, users, awaitsRun: true)
        let end: PodAttachment.End
        do throws(Failure) {
            end = try attempt { () throws(PodError) in
                var attachment = try PodAttachment.running(
                    places, plan.uid, container: container, takesInput: arguments.isInteractive
                ) { () throws(PodError) in try registry.makeDurable(plan.uid) }
                return try attachment.run { note($0) }
            }
        } catch {
            let state = try attempt { () throws(PodError) in try registry.state(of: plan.uid) }
            // One that runs goes on without us, and is removed when it has ended.
            let hasStarted = state?.status(of: container)?.hasStarted ?? false
            if arguments.removes, !hasStarted { try removePod(plan.uid, grace: 0) }
            throw Self.failure(of: admitted.pod, error)
        }
        if case .ended(let code) = end {
            if arguments.removes {
                try removeEnded(plan, container, code)
            } else if arguments.waits {
                _ = try awaitEnd(of: plan.uid)
            }
        }
        return try finish(end, container)
    }

    /// Sees that a pod is gone whose main container has ended. By itself it goes where nothing of it is left to run.
    private func removeEnded(_ plan: PodPlan, _ container: String, _ code: Int32?) throws(Failure) {
        let isOver = plan.containers.allSatisfy { $0.isInit || $0.name == container && !$0.restart.applies(to: code) }
        if isOver { _ = try awaitEnd(of: plan.uid) } else { try removePod(plan.uid, grace: nil) }
    }

    private func replace(_ pod: Pod) throws(Failure) {
        do throws(Failure) {
            let old = try find("\(pod.metadata.namespace)/\(pod.metadata.name)")
            try removePod(old.sandbox.uid, grace: nil)
        } catch {
            if error.exit != .notFound { throw error }
        }
    }

    /// Hears a keeper out. One that goes before it has answered is replaced, and asked again.
    private func hear(_ connection: borrowing KeeperConnection, _ uid: PodUID, _ request: KeeperRequest) throws(Failure) {
        while let reply = try attempt({ () throws(PodError) in try connection.next() }) {
            switch reply {
            case .done: return
            case .failed(let message): throw Failure(message)
            case .note(let line): note(line)
            case .attached, .output, .ended: continue
            }
        }
        try ask(request, uid)
    }

    func ask(_ request: KeeperRequest, _ uid: PodUID) throws(Failure) {
        try attempt { () throws(PodError) in try KeeperQuestion.ask(request, places, uid) { note($0) } }
    }

    private static func randomUID() throws(Failure) -> String {
        do throws(KernelError) {
            let words = (try randomNumber(), try randomNumber())
            return PodUID(random: withUnsafeBytes(of: words) { Array($0) }).string
        } catch { throw Failure(error, "cannot make a uid") }
    }

    /// As Kubernetes makes them: without letters that make words.
    private static func randomSuffix() throws(Failure) -> String {
        let letters = Array("bcdfghjklmnpqrstvwxz2456789")
        do throws(KernelError) {
            var number = try randomNumber()
            var suffix = ""
            for _ in 0..<5 {
                suffix.append(letters[Int(number % UInt64(letters.count))])
                number /= UInt64(letters.count)
            }
            return suffix
        } catch { throw Failure(error, "cannot make a name") }
    }
}
