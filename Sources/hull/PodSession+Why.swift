import CommandSupport
import ContainerLogs
import JournalVerbs
import LinuxKernel
import LinuxTypes
import PodRecords
import PodSandbox
import PodVerbs
import StrictTree

/// Why a pod is as it is. Everything is read from records, logs and /proc: nobody is asked, and nobody waited for.
extension PodSession {
    func why(_ arguments: WhyArguments) throws(Failure) -> ExitCode {
        let registry = try registry()
        let diagnosis = try diagnosis(arguments, registry)
        if let format = arguments.output {
            try Output.write(one: WhyText.json(diagnosis), as: format)
        } else {
            try Output.write(WhyText.text(diagnosis, in: Output.textStyle).utf8)
        }
        return .done
    }

    private func diagnosis(_ arguments: WhyArguments, _ registry: PodRegistry) throws(Failure) -> Diagnosis {
        let reference = PodReference(arguments.subject)
        if let pod = try presentPod(reference, registry) {
            var diagnosis = Diagnosis(pod, container: try known(arguments.container, of: pod), witnesses(of: pod))
            let refusal = try attempt { () throws(PodError) in try registry.lastRefusal(of: reference) }
            if let refusal, refusal.at > pod.sandbox.createdAt { diagnosis.add(refusal) }
            return diagnosis
        }
        if let (pod, container) = try container(arguments.subject, registry) {
            return Diagnosis(pod, container: container, witnesses(of: pod))
        }
        let refusal = try attempt { () throws(PodError) in try registry.lastRefusalEver(of: reference) }
        if let diagnosis = try removedPod(reference, registry, since: refusal?.at ?? 0) { return diagnosis }
        if let refusal { return Diagnosis(refusal) }
        throw Failure(
            "there is no pod or container '\(arguments.subject)', and the journal has no history of one",
            hint: "'hull ps -a -A' lists all pods", exit: .notFound)
    }

    private func presentPod(_ reference: PodReference, _ registry: PodRegistry) throws(Failure) -> PodState? {
        do throws(PodError) { return try registry.find(reference) } catch {
            guard error.kind == .missing else { throw Failure(error) }
            return nil
        }
    }

    private func known(_ container: String?, of pod: PodState) throws(Failure) -> String? {
        let names = pod.orderedContainers.map(\.name)
        guard let container, !names.contains(container) else { return container }
        throw Failure(
            "pod '\(pod.sandbox.name)' has no container '\(container)'\(Suggestion.hint(for: container, in: names))",
            hint: "without -c all of them are told",
            exit: .notFound)
    }

    /// By its id, `UID.NAME.ATTEMPT`, or by a name that only one pod's container has.
    private func container(_ text: String, _ registry: PodRegistry) throws(Failure) -> (PodState, String)? {
        let id = text.hasPrefix("hull://") ? String(text.dropFirst(7)) : text
        let parts = id.utf8.split(separator: UInt8(ascii: ".")).map { String(Substring($0)) }
        if parts.count == 3, let uid = PodUID(parts[0]),
            let pod = try attempt({ () throws(PodError) in try registry.state(of: uid) }),
            pod.orderedContainers.contains(where: { $0.name == parts[1] })
        {
            return (pod, parts[1])
        }
        let pods = try attempt { () throws(PodError) in try registry.pods(havingContainer: text) }
        guard pods.count < 2 else {
            let names = pods.map(\.sandbox.fullName).joined(by: ", ")
            throw Failure("several pods have a container '\(text)': \(names)", hint: "hull why -c \(text) POD", exit: .usage)
        }
        return pods.first.map { ($0, text) }
    }

    /// One that was removed, as it was right before. nil where the journal knows of none, or where one of the name was refused later.
    private func removedPod(
        _ reference: PodReference, _ registry: PodRegistry, since refused: Int64
    ) throws(Failure) -> Diagnosis? {
        let history: PodHistory
        do throws(PodError) { history = try registry.history(of: reference) } catch {
            guard error.kind == .missing else { throw Failure(error) }
            return nil
        }
        guard let removal = history.changes.last, removal.word == "Removed", removal.time > refused,
            let pod = try attempt({ () throws(PodError) in
                try registry.looking(at: removal.revision - 1).state(of: history.uid)
            })
        else { return nil }
        var diagnosis = Diagnosis(pod, witnesses(of: pod))
        diagnosis.add(removal: removal)
        return diagnosis
    }

    // MARK: What is asked beside the records

    private func witnesses(of pod: PodState) -> Witnesses {
        let uid = pod.sandbox.uid
        return Witnesses(
            lastLines: { container, attempt in lastLines(of: container, attempt, uid) },
            processState: { process in
                do throws(KernelError) {
                    guard let status = try ProcessStatus(pid: process.pid), status.startTime == process.startTime else {
                        return nil
                    }
                    return status.state
                } catch { return nil }
            },
            isFrozen: { status in Self.isFrozen(uid, status) })
    }

    /// The last lines of a log, as far as they can be read.
    private func lastLines(of container: String, _ attempt: UInt32, _ uid: PodUID) -> [String] {
        do throws(KernelError) {
            let directory = try FileDescriptor.workingDirectory.open(
                places.directory(uid).appending("logs").string, [.readOnly, .directory, .noFollow])
            guard let place = LogPlace(directory.descriptor, container: container, attempt: Int(attempt)) else { return [] }
            var lines: [String] = []
            do throws(LogError) {
                guard try LogReader.exists(place) else { return [] }
                let reader = try LogReader(place, tail: Self.lastLineCount)
                func add(_ line: LogLine) { lines.append(String(decoding: line.text.prefix(300), as: UTF8.self)) }
                while let line = try reader.next() { add(line) }
                for line in reader.takeUnfinished() { add(line) }
            } catch {
                // The rest of the evidence stands without.
            }
            return lines.suffix(Self.lastLineCount)
        } catch { return [] }
    }

    private static let lastLineCount = 5

    private static func isFrozen(_ uid: PodUID, _ status: ContainerStatus) -> Bool {
        let group = PodPlaces.cgroup(of: uid) + "/" + PodPlan.containerID(uid, status.name, status.attempt)
        func says(_ path: String, _ word: String) -> Bool {
            do throws(KernelError) { return try readText(path, limit: 4096).contains(word) } catch {
                // A hierarchy that is not there.
                return false
            }
        }
        return says("/sys/fs/cgroup\(group)/cgroup.events", "frozen 1")
            || says("/sys/fs/cgroup/unified\(group)/cgroup.events", "frozen 1")
            || says("/sys/fs/cgroup/freezer\(group)/freezer.state", "FR")
    }
}
