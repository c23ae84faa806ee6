public import Journal
internal import LinuxKernel
internal import LinuxTypes
public import PodRecords
public import PodSpec
internal import StrictTree

/// The pods that the journal knows. Reading takes no lock and asks nobody: it answers at once, whatever hangs.
public struct PodRegistry {
    public let places: PodPlaces
    let journal: Journal?
    private let bootID: String
    /// When it is looked at; nil for now.
    public internal(set) var revision: Revision?

    /// For looking, or for making pods too. One that nobody ever used is empty.
    public init(_ places: PodPlaces, isWritable: Bool) throws(PodError) {
        self.places = places
        bootID = try during("cannot read the boot id") { () throws(KernelError) in try LinuxKernel.bootID() }
        journal = try places.openJournal(isWritable: isWritable)
    }

    // MARK: Making

    /// Records a pod that has its identity, and claims its name and what it uses. Volatile: `makeDurable` puts it on the disk. Throws `exists` where another
    /// has the name. `isStepwise` is for one whose containers are made one by one, as somebody asks; with `awaitsRun` none is started before somebody asks
    /// to run the pod.
    public func create(
        _ pod: Pod, _ plan: PodPlan, users: UserRanges, isStepwise: Bool = false, awaitsRun: Bool = false, at moment: Int64
    ) throws(PodError) {
        guard let journal else { throw PodError(.failed, "the journal was opened for reading") }
        guard let uid = PodUID(pod.metadata.uid) else {
            throw PodError(
                .invalid, "metadata.uid: '\(pod.metadata.uid)' is no uid", hint: "it has lower-case letters, digits and '-'")
        }
        let labels = pod.metadata.labels.sorted { $0.key < $1.key }.map { SandboxRecord.Label(key: $0.key, value: $0.value) }
        var record = SandboxRecord(
            uid: uid, name: pod.metadata.name, namespace: pod.metadata.namespace, labels: labels, bootID: bootID,
            createdAt: moment)
        record.tally = ContainerTally(plan, [])
        record.network = plan.network
        record.isStepwise = isStepwise
        record.awaitsRun = awaitsRun
        for _ in 0..<64 {
            var plan = plan
            if !pod.spec.hostUsers { plan.firstUser = try users.free(journal) }
            if try create(pod, plan, record, in: journal, at: moment) { return }
            // Somebody took the same ids: then there are others.
            guard let first = plan.firstUser, try isTaken(first, journal) else { break }
        }
        if let obstacle = try obstacle(toRecording: pod, isReplacing: false) { throw obstacle }
        throw PodError(
            .exists, "pod '\(record.fullName)' is not recorded: somebody has changed at this moment what it uses",
            hint: "try again")
    }

    /// Why a pod could not be recorded, as far as that can be known before: another has its name, unless that is to be replaced, or its uid. nil where nobody has.
    public func obstacle(toRecording pod: Pod, isReplacing: Bool) throws(PodError) -> PodError? {
        guard let journal, let uid = PodUID(pod.metadata.uid) else { return nil }
        let (name, namespace) = (pod.metadata.name, pod.metadata.namespace)
        let found = try journaling("cannot look for pod '\(name)'") { () throws(JournalError) in
            (try named(name, in: namespace, journal), try journal.value(of: PodKeys.sandbox(uid))?.value)
        }
        if found.0 != nil, !isReplacing {
            let holder = PodReference.short(name, in: namespace)
            return PodError(
                .exists, "there is a pod '\(name)' in namespace '\(namespace)' already",
                hint: "'hull rm \(holder)' removes it, 'hull run --replace' does so first", fault: .nameTaken)
        }
        guard let bytes = found.1, found.0 != uid else { return nil }
        let record: SandboxRecord
        do throws(TreeError) { record = try SandboxRecord(json: bytes) } catch {
            throw PodError(error, "the record of pod \(uid)")
        }
        return PodError(
            .exists, "pod '\(namespace)/\(name)' has the uid of another: '\(record.fullName)' has \(uid)",
            hint:
                "without 'metadata.uid' in its manifest it gets one of its own; 'hull rm -f \(record.fullName)' removes the other",
            fault: .nameTaken)
    }

    /// false where somebody else has what the pod claims.
    private func create(
        _ pod: Pod, _ plan: PodPlan, _ record: SandboxRecord, in journal: Journal, at moment: Int64
    ) throws(PodError) -> Bool {
        let uid = record.uid
        let name = PodKeys.name(record.name, in: record.namespace)
        let volumes = try VolumeStore(places, journal).use(by: pod, uid, at: moment)
        var transaction = Transaction(
            if: [.isAbsent(name), .isAbsent(PodKeys.sandbox(uid))] + volumes.comparisons,
            then: volumes.operations + [
                .put(name, value: Array(uid.string.utf8)), .put(PodKeys.manifest(uid), value: pod.json),
                .put(PodKeys.plan(uid), value: plan.json), .put(PodKeys.sandbox(uid), value: record.json),
            ])
        if let first = plan.firstUser {
            transaction.comparisons.append(.isAbsent(PodKeys.userRange(first)))
            transaction.success.append(.put(PodKeys.userRange(first), value: Array(uid.string.utf8)))
        }
        let request = transaction
        return try journaling("cannot record pod '\(record.name)'") { () throws(JournalError) in
            try journal.commit(request, .volatile).succeeded
        }
    }

    private func isTaken(_ first: UInt32, _ journal: Journal) throws(PodError) -> Bool {
        try journaling("cannot look for free ids") { () throws(JournalError) in
            try journal.value(of: PodKeys.userRange(first)) != nil
        }
    }

    /// All that was recorded so far is on the disk.
    public func makeDurable(_ uid: PodUID) throws(PodError) {
        guard let journal else { return }
        try journaling("cannot make the pod's record durable") { () throws(JournalError) in
            // The manifest is nobody's to change, and a durable record makes all before it durable.
            let key = PodKeys.manifest(uid)
            guard let current = try journal.value(of: key) else { return }
            let again = Transaction(if: [.isUnchanged(key, since: current.modRevision)], then: [.put(key, value: current.value)])
            _ = try journal.commit(again, .durable)
        }
    }

    // MARK: Looking

    /// All pods, oldest first. A record that cannot be read is told to `warn` and left out.
    public func all(warn: (String) -> Void = { _ in }) throws(PodError) -> [PodState] {
        guard let journal else { return [] }
        let found = try journaling("cannot list the pods") { () throws(JournalError) in
            try journal.range(RangeRequest(.prefix(PodKeys.sandboxes), at: revision))
        }
        let plans = try plans()
        var sandboxes: [SandboxRecord] = []
        var containers: [PodUID: [ContainerStatus]] = [:]
        for entry in found.keyValues {
            guard let (uid, container) = PodKeys.parse(entry.key) else { continue }
            do throws(TreeError) {
                if container == nil {
                    sandboxes.append(try SandboxRecord(json: entry.value))
                } else {
                    containers[uid, default: []].append(try ContainerStatus(json: entry.value))
                }
            } catch {
                warn("the record '\(String(decoding: entry.key.bytes, as: UTF8.self))' cannot be read: \(error)")
            }
        }
        let frozen = try frozen()
        return sandboxes.sorted { $0.createdAt < $1.createdAt }
            .map { sandbox in
                let statuses = containers[sandbox.uid] ?? []
                var state = PodState(sandbox: sandbox, containers: statuses, plan: plans[sandbox.uid], bootID: boot(of: sandbox))
                state.frozenSince = frozen[sandbox.uid]
                return state
            }
    }

    /// What a list shows of all pods, oldest first: of each pod one record is read. One that cannot be read is told to `warn` and left out.
    public func lines(warn: (String) -> Void = { _ in }) throws(PodError) -> [PodLine] {
        guard let journal else { return [] }
        let found = try journaling("cannot list the pods") { () throws(JournalError) in
            try journal.range(RangeRequest(.prefix(PodKeys.sandboxes), at: revision)) { PodKeys.isSandbox($0) }.keyValues
        }
        let frozen = try frozen()
        var lines: [PodLine] = []
        lines.reserveCapacity(found.count)
        for entry in found {
            do throws(TreeError) {
                let record = try SandboxRecord(json: entry.value)
                lines.append(PodLine(sandbox: record, bootID: boot(of: record), isFrozen: frozen[record.uid] != nil))
            } catch {
                warn("the record '\(String(decoding: entry.key.bytes, as: UTF8.self))' cannot be read: \(error)")
            }
        }
        return lines.sorted { $0.sandbox.createdAt < $1.sandbox.createdAt }
    }

    /// In which boot it is looked at. What was is shown as it was recorded then.
    private func boot(of record: SandboxRecord) -> String { revision == nil ? bootID : record.bootID }

    /// Since when pods are frozen, in this boot.
    private func frozen() throws(PodError) -> [PodUID: Int64] {
        guard let journal else { return [:] }
        let found = try journaling("cannot list the frozen pods") { () throws(JournalError) in
            try journal.range(RangeRequest(.prefix(PodKeys.frozen), at: revision))
        }
        var frozen: [PodUID: Int64] = [:]
        for entry in found.keyValues {
            let name = String(decoding: entry.key.bytes.dropFirst(PodKeys.frozen.bytes.count), as: UTF8.self)
            if let uid = PodUID(name), let since = frozenSince(entry.value) { frozen[uid] = since }
        }
        return frozen
    }

    /// What the record of a frozen pod says; nil in another boot.
    private func frozenSince(_ bytes: [UInt8]) -> Int64? {
        do throws(TreeError) {
            let record = try FrozenRecord(json: bytes)
            return record.bootID == bootID ? record.since : nil
        } catch {
            // The pod is shown as if it ran; `hull audit` compares that with its cgroup.
            return nil
        }
    }

    private func plans() throws(PodError) -> [PodUID: PodPlan] {
        guard let journal else { return [:] }
        let found = try journaling("cannot list the plans") { () throws(JournalError) in
            try journal.range(RangeRequest(.prefix(PodKeys.plans), at: revision))
        }
        var plans: [PodUID: PodPlan] = [:]
        for entry in found.keyValues {
            do throws(TreeError) {
                let plan = try PodPlan(json: entry.value)
                plans[plan.uid] = plan
            } catch {
                // Its pod is shown without.
            }
        }
        return plans
    }

    /// The pod that a person means.
    public func find(_ reference: PodReference) throws(PodError) -> PodState {
        guard let uid = try uid(of: reference), let state = try state(of: uid) else {
            throw PodError(.missing, "there is no pod '\(reference)'", hint: "'hull ps -a -A' lists all")
        }
        return state
    }

    /// Who has the name now; nil where nobody has.
    private func named(_ name: String, in namespace: String, _ journal: Journal) throws(JournalError) -> PodUID? {
        try journal.value(of: PodKeys.name(name, in: namespace), at: revision)
            .flatMap { PodUID(String(decoding: $0.value, as: UTF8.self)) }
    }

    func uid(of reference: PodReference) throws(PodError) -> PodUID? {
        guard let journal else { return nil }
        if reference.isAmbiguous {
            let (plain, other) = try journaling("cannot look for pod '\(reference)'") { () throws(JournalError) in
                (
                    try named(reference.name, in: reference.namespace, journal),
                    try named(reference.name, in: "pod", journal)
                )
            }
            if plain != nil, other != nil {
                let whole = "pod/\(reference.namespace)/\(reference.name)"
                throw PodError(
                    .invalid, "'\(reference)' is a pod of two namespaces: '\(reference.namespace)' and 'pod'",
                    hint: "say which: '\(whole)' or 'pod/pod/\(reference.name)'")
            }
            return plain ?? other
        }
        return try journaling("cannot look for pod '\(reference)'") { () throws(JournalError) -> PodUID? in
            if let found = try named(reference.name, in: reference.namespace, journal) { return found }
            guard !reference.text.isEmpty, !reference.text.utf8.contains(UInt8(ascii: "/")) else { return nil }
            let request = RangeRequest(
                .prefix(Key("/manifests/\(reference.text)")), at: revision, limit: 2, keysOnly: true)
            let candidates = try journal.range(request).keyValues
            guard candidates.count == 1 else { return nil }
            return PodUID(String(decoding: candidates[0].key.bytes.dropFirst(PodKeys.manifests.bytes.count), as: UTF8.self))
        }
    }

    public func state(of uid: PodUID) throws(PodError) -> PodState? {
        guard let journal else { return nil }
        let found = try journaling("cannot read the pod") { () throws(JournalError) in
            (
                try journal.value(of: PodKeys.sandbox(uid), at: revision)?.value,
                try journal.range(RangeRequest(.prefix(PodKeys.containers(of: uid)), at: revision)).keyValues.map(\.value),
                try journal.value(of: PodKeys.frozen(uid), at: revision)?.value
            )
        }
        guard let record = found.0 else { return nil }
        let plan = try plan(of: uid)
        do throws(TreeError) {
            let statuses = try found.1.map { bytes throws(TreeError) in try ContainerStatus(json: bytes) }
            let sandbox = try SandboxRecord(json: record)
            var state = PodState(sandbox: sandbox, containers: statuses, plan: plan, bootID: boot(of: sandbox))
            state.frozenSince = found.2.flatMap(frozenSince)
            return state
        } catch { throw PodError(error, "the record of pod \(uid)") }
    }

    /// The last record of a pod that is removed by now, as far as the history tells.
    public func lastRecord(of uid: PodUID) throws(PodError) -> SandboxRecord? {
        guard let journal else { return nil }
        let found = try journaling("cannot look back at the pod") { () throws(JournalError) -> [UInt8]? in
            let batch = try journal.watch(.key(PodKeys.sandbox(uid)), from: journal.compactedRevision + 1).poll()
            return batch.events.last { $0.kind == .put }?.keyValue.value
        }
        do throws(TreeError) { return try found.map { bytes throws(TreeError) in try SandboxRecord(json: bytes) } } catch {
            throw PodError(error, "the record of pod \(uid)")
        }
    }

    /// The manifest as it was recorded, a JSON document.
    public func manifest(of uid: PodUID) throws(PodError) -> [UInt8]? {
        guard let journal else { return nil }
        return try journaling("cannot read the manifest") { () throws(JournalError) in
            try journal.value(of: PodKeys.manifest(uid), at: revision)?.value
        }
    }

    /// The pod of a manifest that was recorded, with the resources that it is to have now.
    public func resizedPod(_ uid: PodUID, _ manifest: [UInt8]) throws(PodError) -> Pod? {
        guard let journal else { return nil }
        let bytes = try journaling("cannot read the pod's resources") { () throws(JournalError) in
            try journal.value(of: PodKeys.resourceChanges(uid))?.value
        }
        return try Pod.resized(manifest, bytes, uid).pod
    }

    public func plan(of uid: PodUID) throws(PodError) -> PodPlan? {
        guard let journal else { return nil }
        let bytes = try journaling("cannot read the plan") { () throws(JournalError) in
            try journal.value(of: PodKeys.plan(uid), at: revision)?.value
        }
        do throws(TreeError) { return try bytes.map { bytes throws(TreeError) in try PodPlan(json: bytes) } } catch {
            throw PodError(error, "the plan of pod \(uid)")
        }
    }
}
