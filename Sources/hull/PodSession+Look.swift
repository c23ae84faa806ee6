import CommandSupport
import ContainerLogs
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
    func list(_ arguments: ListPodsArguments) throws(Failure) -> ExitCode {
        let registry = try registry(at: arguments.at)
        func warn(_ text: String) { Log.plain.write(.warning, text) }
        switch arguments.output {
        case .table, .wide, .name:
            let all = try attempt { () throws(PodError) in try registry.lines(warn: warn) }
            let pods = try selected(all, arguments) { $0 }
            if arguments.output == .name {
                let names = pods.map { pod in
                    PodReference.printed(pod.sandbox.name, in: pod.sandbox.namespace, isWhole: arguments.namespace == nil)
                }
                try Output.write(names.map { $0 + "\n" }.joined().utf8)
                break
            }
            let isWide = arguments.output == .wide
            let table = PodTable(
                isWide: isWide, hasNamespaces: arguments.namespace == nil, hostAddresses: isWide ? hostAddresses() : [])
            try Output.write(table.text(pods, now: try nanoseconds(of: arguments.at), in: Output.textStyle).utf8)
        case .json, .yaml, .path:
            let all = try attempt { () throws(PodError) in try registry.all(warn: warn) }
            try printDocuments(try selected(all, arguments, \.line), arguments.output, registry, isList: true)
        }
        return .done
    }

    private func selected<Item>(
        _ pods: [Item], _ arguments: ListPodsArguments, _ line: (Item) -> PodLine
    ) throws(Failure) -> [Item] {
        let selector: LabelSelector
        do throws(SelectorError) { selector = try LabelSelector(arguments.selector) } catch {
            throw Failure("--selector: \(error)", hint: "as: app=web,tier!=db,x in (a,b),!y", exit: .usage)
        }
        return pods.filter { item in
            let pod = line(item)
            guard arguments.namespace == nil || pod.sandbox.namespace == arguments.namespace else { return false }
            guard arguments.isForEnded || pod.isLost || pod.sandbox.phase != .stopped else { return false }
            return selector.requirements.isEmpty || selector.matches(pod.sandbox.labelValues)
        }
    }

    func inspect(_ arguments: InspectPodArguments) throws(Failure) -> ExitCode {
        let registry = try registry(at: arguments.at)
        var pods: [PodState] = []
        for name in arguments.pods {
            pods.append(try attempt { () throws(PodError) in try registry.find(PodReference(name)) })
        }
        try printDocuments(pods, arguments.output, registry, isList: pods.count > 1)
        return .done
    }

    private func printDocuments(_ pods: [PodState], _ format: PodOutput, _ registry: PodRegistry, isList: Bool) throws(Failure) {
        var documents: [[UInt8]] = []
        let hostAddresses = pods.contains(where: \.hasSandbox) ? hostAddresses() : []
        for pod in pods {
            guard let manifest = try attempt({ () throws(PodError) in try registry.manifest(of: pod.sandbox.uid) }) else {
                continue
            }
            let resized = try attempt { () throws(PodError) in try registry.resizedPod(pod.sandbox.uid, manifest) }
            documents.append(
                try naming { () throws(TreeError) in
                    try PodDocument(pod, manifest: manifest, hostAddresses: hostAddresses, resized: resized).json()
                })
        }
        try printDocuments(documents, format, isList: isList)
    }

    /// JSON documents for people: one, or a List.
    func printDocuments(_ documents: [[UInt8]], _ format: PodOutput, isList: Bool) throws(Failure) {
        var whole = isList ? Array("{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[".utf8) : []
        for (index, document) in documents.enumerated() { whole += (index == 0 ? [] : [UInt8(ascii: ",")]) + document }
        if isList { whole += Array("]}".utf8) }
        let text = whole
        let printed = try naming { () throws(TreeError) in
            let root = try Document(json: text).root
            switch format {
            case .yaml: return try YAMLText.text(of: root)
            case .path(let path): return try path.text(of: root)
            case .json, .table, .wide, .name:
                var json = JSONWriter(.spaces(4))
                json.canonicalElement(root)
                return json.string + "\n"
            }
        }
        try Output.write(printed.utf8)
    }

    /// The machine's; none where the kernel does not tell, which spoils nothing else.
    private func hostAddresses() -> [String] {
        do throws(PodError) { return try MachineAddresses.primary() } catch {
            Log.plain.write(.warning, "\(error)")
            return []
        }
    }

    private func naming<Result>(_ body: () throws(TreeError) -> Result) throws(Failure) -> Result {
        do throws(TreeError) { return try body() } catch { throw Failure("the manifest of a pod cannot be read: \(error)") }
    }

    func logs(_ arguments: LogsArguments) throws(Failure) -> ExitCode {
        let pod = try find(arguments.pod)
        if arguments.isReopening { return try reopenLogs(pod, try logContainers(pod, arguments)) }
        let path = places.directory(pod.sandbox.uid).appending("logs").string
        let directory: OwnedDescriptor
        do throws(KernelError) { directory = try FileDescriptor.workingDirectory.open(path, [.readOnly, .directory]) } catch {
            if error.errno == .ENOENT {
                throw Failure(
                    "pod '\(arguments.pod)' has no logs yet", hint: "none of its containers was started: 'hull why' says why",
                    exit: .notFound)
            }
            throw Failure(error, "cannot open the logs of pod '\(arguments.pod)'")
        }
        var sources: [LogsSource] = []
        for container in try logContainers(pod, arguments) {
            sources.append(try source(pod, container, arguments, directory.descriptor))
        }
        var run = LogsRun(arguments, sources) { bytes throws(Failure) in try Output.write(bytes) }
        if arguments.isFollowing {
            let signals: EndSignals
            do throws(KernelError) { signals = try EndSignals() } catch { throw Failure(error, "cannot wait") }
            try run.follow { entries, milliseconds throws(Failure) in
                do throws(KernelError) { return try signals.hasEnded(&entries, within: milliseconds) } catch {
                    throw Failure(error, "cannot wait for the log")
                }
            }
        } else {
            try run.print()
        }
        for line in run.notes { Log.plain.write(.warning, line) }
        return .done
    }

    /// Of the containers that run; the others' keepers have let go of their logs.
    private func reopenLogs(_ pod: PodState, _ containers: [String]) throws(Failure) -> ExitCode {
        for container in containers where pod.status(of: container)?.state == .running && !pod.isLost {
            try ask(.reopenLog(container: container), pod.sandbox.uid)
        }
        return .done
    }

    private func logContainers(_ pod: PodState, _ arguments: LogsArguments) throws(Failure) -> [String] {
        let names = pod.plan?.containers.map(\.name) ?? pod.containers.map(\.name)
        if arguments.hasAllContainers { return names }
        if let name = arguments.container {
            guard names.contains(name) else {
                throw Failure(
                    "pod '\(arguments.pod)' has no container '\(name)'\(Suggestion.hint(for: name, in: names))",
                    hint: "'hull tree' lists its containers", exit: .notFound)
            }
            return [name]
        }
        if let name = pod.plan?.defaultContainer { return [name] }
        let main = names.filter { !pod.isInit($0) }
        guard main.count == 1 else {
            throw Failure(
                "pod '\(arguments.pod)' has several containers: \(main.joined(separator: ", "))",
                hint: "-c NAME, or --all-containers",
                exit: .usage)
        }
        return main
    }

    private func source(
        _ pod: PodState, _ container: String, _ arguments: LogsArguments, _ directory: FileDescriptor
    ) throws(Failure) -> LogsSource {
        let uid = pod.sandbox.uid
        let attempts: [Int]
        do throws(LogError) { attempts = try LogPlace.attempts(of: container, in: directory) } catch {
            throw Failure("cannot find the logs of container '\(container)': \(error)")
        }
        let current = attempts.last ?? 0
        let attempt = arguments.isPrevious ? attempts.dropLast().last : current
        guard let attempt, let place = LogPlace(directory, container: container, attempt: attempt) else {
            throw Failure(
                "container '\(container)' was not started before",
                hint: "without --previous it is the attempt that was started last", exit: .notFound)
        }
        let registry = try registry()
        return LogsSource(pod: pod.sandbox.name, container: container, place: place) { () throws(Failure) in
            guard let now = try attemptToRead(registry, uid) else { return true }
            guard let status = now.status(of: container) else { return now.sandbox.phase == .stopped }
            return now.isLost || Int(status.attempt) != attempt || status.state == .terminated || now.sandbox.phase == .stopped
        }
    }

    private func attemptToRead(_ registry: PodRegistry, _ uid: PodUID) throws(Failure) -> PodState? {
        try attempt { () throws(PodError) in try registry.state(of: uid) }
    }
}
