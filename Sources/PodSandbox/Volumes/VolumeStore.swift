internal import ImageLayers
internal import Journal
internal import LinuxKernel
internal import LinuxTypes
public import PodRecords
public import PodSpec
internal import StrictTree

/// The volumes of this machine that have a name: directories that outlive the pods that use them. A record says that there is one; its directory is made when
/// a pod first uses it. Pods that use it are recorded with their own record, in one transaction, so that no volume goes while a pod has it.
public struct VolumeStore {
    private let places: PodPlaces
    private let journal: Journal?

    /// For looking, or for changing too. One that nobody ever used is empty.
    public init(_ places: PodPlaces, isWritable: Bool) throws(PodError) {
        self.places = places
        journal = try places.openJournal(isWritable: isWritable)
    }

    /// With a journal that is open already.
    init(_ places: PodPlaces, _ journal: Journal) {
        self.places = places
        self.journal = journal
    }

    /// One volume as a list shows it.
    public struct Line: Sendable {
        public let claim: VolumeClaim
        /// Pods that use it, as `NAMESPACE/NAME`, running or not.
        public let users: [String]
        /// Nanoseconds since 1970.
        public let createdAt: Int64
    }

    // MARK: Changing

    /// Keeps what a claim says, on the disk when this returns.
    public func apply(_ claim: VolumeClaim, at moment: Int64) throws(PodError) -> ConfigStore.Change {
        let (name, namespace) = (claim.metadata.name, claim.metadata.namespace)
        for _ in 0..<16 {
            let found = try record(name, namespace)
            if let found, found.record.isRemoved {
                try finishRemoval(name, namespace)
                continue
            }
            var record = VolumeRecord(claim, createdAt: moment)
            if let found {
                record.createdAt = found.record.createdAt
                if record == found.record { return .unchanged }
            }
            if try put(record, since: found?.revision) {
                try holdAgain(record.claim)
                return found == nil ? .created : .configured
            }
        }
        throw PodError(
            .failed, "somebody changes volume '\(namespace)/\(name)' again and again",
            hint: "'hull events -f' shows who; then ask again")
    }

    /// A volume that is there already has its new size at once.
    private func holdAgain(_ claim: VolumeClaim) throws(PodError) {
        let (name, namespace) = (claim.metadata.name, claim.metadata.namespace)
        guard let journal, let size = claim.size, size.nano > 0 else { return }
        let directory: OwnedDescriptor
        do throws(KernelError) {
            directory = try FileDescriptor.workingDirectory.open(
                places.namedVolume(name, in: namespace).string, [.readOnly, .directory, .noFollow])
        } catch {
            if error.errno == .ENOENT { return }
            throw PodError(error, "cannot open volume '\(namespace)/\(name)'")
        }
        try VolumeQuota.holdNamed(directory.descriptor, to: size, name, namespace, journal)
    }

    /// What the transaction that records a pod must hold, and must do beside it, for the volumes that it uses; those that are not there yet are recorded now.
    func use(
        by pod: Pod, _ uid: PodUID, at moment: Int64
    ) throws(PodError) -> (comparisons: [Comparison], operations: [Operation]) {
        var comparisons: [Comparison] = []
        var operations: [Operation] = []
        let namespace = pod.metadata.namespace
        for name in pod.claimNames {
            var found = try record(name, namespace)
            if found?.record.isRemoved != false {
                _ = try apply(VolumeClaim(ObjectMeta(name: name, namespace: namespace)), at: moment)
                found = try record(name, namespace)
            }
            guard let found else {
                throw PodError(
                    .failed, "volume '\(namespace)/\(name)' was removed in this moment", hint: "run it again: it is made anew")
            }
            let users = PodKeys.volumeUsers(name, in: namespace)
            if found.record.claim.isForOnePod, let user = try self.users(name, namespace).first {
                throw PodError(
                    .wrongState, "volume '\(name)' is for one pod, and '\(user)' has it", hint: "'hull rm \(user)' frees it")
            }
            comparisons.append(.isUnchanged(PodKeys.volume(name, in: namespace), since: found.revision))
            if found.record.claim.isForOnePod { comparisons.append(Comparison(.prefix(users), .createRevision(0))) }
            operations.append(
                .put(
                    PodKeys.volumeUser(uid, of: name, in: namespace),
                    value: Array("\(namespace)/\(pod.metadata.name)".utf8)))
        }
        return (comparisons, operations)
    }

    /// Removes one with all that is in it. Throws `missing` where there is none, `wrongState` where a pod uses it.
    public func remove(_ name: String, in namespace: String) throws(PodError) {
        guard let journal, let found = try record(name, namespace) else {
            throw PodError(.missing, "there is no volume '\(namespace)/\(name)'", hint: "'hull volume ls -A' lists all")
        }
        var record = found.record
        record.isRemoved = true
        let key = PodKeys.volume(name, in: namespace)
        let transaction = Transaction(
            if: [
                .isUnchanged(key, since: found.revision),
                Comparison(.prefix(PodKeys.volumeUsers(name, in: namespace)), .createRevision(0)),
            ], then: [.put(key, value: record.json)])
        let isFree = try journaling("cannot remove volume '\(namespace)/\(name)'") { () throws(JournalError) in
            try journal.commit(transaction, .durable).succeeded
        }
        guard isFree else {
            let users = try users(name, namespace)
            throw PodError(
                .wrongState, "volume '\(namespace)/\(name)' is used by pod \(users.map { "'\($0)'" }.joined(separator: ", "))",
                hint: "'hull rm \(users.first ?? "POD")' removes the pod")
        }
        try finishRemoval(name, namespace)
    }

    /// Order: from the record that says so on; whoever finds it goes on here. Files first, the record last.
    private func finishRemoval(_ name: String, _ namespace: String) throws(PodError) {
        guard let journal, let file = FileName(name) else { return }
        let parent = places.namedVolumes.appending(namespace).string
        do throws(KernelError) {
            let directory = try FileDescriptor.workingDirectory.open(parent, [.readOnly, .directory, .noFollow])
            try releaseQuota(of: name, namespace, in: directory.descriptor, journal)
            do throws(LayerError) { try LayerRemoval.remove(file, in: directory.descriptor) } catch {
                throw KernelError(call: "unlinkat", errno: .EIO, subject: "\(error)")
            }
        } catch {
            if error.errno != .ENOENT { throw PodError(error, "cannot remove the files of volume '\(namespace)/\(name)'") }
        }
        try journaling("cannot remove volume '\(namespace)/\(name)'") { () throws(JournalError) in
            guard let now = try journal.value(of: PodKeys.volume(name, in: namespace)) else { return }
            let transaction = Transaction(
                if: [.isUnchanged(now.key, since: now.modRevision)], then: [.delete(.key(now.key))])
            _ = try journal.commit(transaction, .durable)
        }
    }

    private func releaseQuota(
        of name: String, _ namespace: String, in parent: FileDescriptor, _ journal: Journal
    ) throws(KernelError) {
        let volume = try parent.open(name, [.readOnly, .directory, .noFollow])
        do throws(PodError) {
            let owner = VolumeQuota.owner(name, namespace)
            try VolumeQuota.release(volume.descriptor, from: owner, in: journal, "volume '\(namespace)/\(name)'")
        } catch { throw KernelError(call: "quotactl_fd", errno: .EIO, subject: error.message) }
    }

    // MARK: Looking

    /// By namespace and name.
    public func list() throws(PodError) -> [Line] {
        guard let journal else { return [] }
        let found = try journaling("cannot list the volumes") { () throws(JournalError) in
            try journal.range(RangeRequest(.prefix(PodKeys.volumes))).keyValues
        }
        var lines: [Line] = []
        for entry in found {
            let record = try Self.decode(entry.value)
            let metadata = record.claim.metadata
            lines.append(
                Line(claim: record.claim, users: try users(metadata.name, metadata.namespace), createdAt: record.createdAt))
        }
        return lines
    }

    /// What is recorded of a volume; nil where there is none.
    func claim(_ name: String, in namespace: String) throws(PodError) -> VolumeClaim? {
        try record(name, namespace)?.record.claim
    }

    private func users(_ name: String, _ namespace: String) throws(PodError) -> [String] {
        guard let journal else { return [] }
        return try journaling("cannot list who uses volume '\(namespace)/\(name)'") { () throws(JournalError) in
            try journal.range(RangeRequest(.prefix(PodKeys.volumeUsers(name, in: namespace)))).keyValues.map {
                String(decoding: $0.value, as: UTF8.self)
            }
        }
    }

    private func record(_ name: String, _ namespace: String) throws(PodError) -> (record: VolumeRecord, revision: Revision)? {
        guard let journal else { return nil }
        let found = try journaling("cannot read volume '\(namespace)/\(name)'") { () throws(JournalError) in
            try journal.value(of: PodKeys.volume(name, in: namespace))
        }
        return try found.map { found throws(PodError) in (try Self.decode(found.value), found.modRevision) }
    }

    private static func decode(_ bytes: [UInt8]) throws(PodError) -> VolumeRecord {
        do throws(TreeError) { return try VolumeRecord(json: bytes) } catch { throw PodError(error, "the record of a volume") }
    }

    private func put(_ record: VolumeRecord, since revision: Revision?) throws(PodError) -> Bool {
        guard let journal else { throw PodError(.failed, "the journal was opened for reading") }
        let key = PodKeys.volume(record.claim.metadata.name, in: record.claim.metadata.namespace)
        return try journaling("cannot record a volume") { () throws(JournalError) in
            try journal.commit(
                Transaction(
                    if: [revision.map { .isUnchanged(key, since: $0) } ?? .isAbsent(key)], then: [.put(key, value: record.json)]),
                .durable
            ).succeeded
        }
    }
}

extension Pod {
    /// The named volumes that it uses, each once.
    var claimNames: [String] {
        var names: [String] = []
        for volume in spec.volumes {
            if case .claim(let claim) = volume.source, !names.contains(claim.claimName) { names.append(claim.claimName) }
        }
        return names
    }
}
