internal import Digests
internal import Journal
internal import LinuxKernel
public import PodRecords
public import PodSpec
internal import StrictTree

/// The ConfigMaps and Secrets of this machine: ConfigMaps in the journal, of Secrets only what is no secret; their values lie in files that root alone reads
/// (`ROOT/secrets`, 0700), of which the record names one.
///
/// A new version of a Secret is a new file, and counts from the transaction that names it; a file that no record names is what a killed `hull` has left, and
/// the next change takes it away.
public struct ConfigStore {
    let places: PodPlaces
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

    /// What became of a document.
    public enum Change: String, Sendable {
        case created, configured, unchanged
    }

    /// One document as a list shows it.
    public struct Line: Sendable {
        public let kind: ConfigDocument.Kind
        public let metadata: ObjectMeta
        /// How many.
        public let keys: Int
        /// Bytes of all values.
        public let size: Int
        public let isImmutable: Bool
        /// Nanoseconds since 1970.
        public let createdAt: Int64
    }

    // MARK: Changing

    /// Keeps a document, in place of the one that has its name, on the disk when this returns. Throws where that is immutable and says something else.
    public func apply(_ document: ConfigDocument, at moment: Int64) throws(PodError) -> Change {
        guard let journal else { throw PodError(.failed, "the journal was opened for reading") }
        for _ in 0..<16 {
            let found = try value(document.kind, document.metadata.name, document.metadata.namespace)
            let old = try found.map { value throws(PodError) in try present(document.kind, value.value) }
            if let old = old?.document {
                if old == document { return .unchanged }
                guard !old.isImmutable || document.isImmutable && old.hasSameContent(as: document) else {
                    throw PodError(
                        .wrongState, "\(document.kind.word) '\(Self.path(document.metadata))' is immutable",
                        hint:
                            "'hull config rm \(document.kind.word)/\(Self.path(document.metadata))' removes it, and then it can be made anew"
                    )
                }
            }
            let isDone = try changing { () throws(PodError) in
                let record = try prepare(document, createdAt: old?.createdAt ?? moment, changedAt: moment)
                let key = Self.key(document.kind, document.metadata.name, document.metadata.namespace)
                let transaction = Transaction(
                    if: [found.map { .isUnchanged(key, since: $0.modRevision) } ?? .isAbsent(key)],
                    then: [.put(key, value: record)])
                return try journaling("cannot keep \(document.kind.word) '\(Self.path(document.metadata))'") {
                    () throws(JournalError) in try journal.commit(transaction, .durable).succeeded
                }
            }
            if isDone { return old == nil ? .created : .configured }
        }
        throw PodError(
            .failed, "somebody changes \(document.kind.word) '\(Self.path(document.metadata))' again and again",
            hint: "'hull events -f' shows who; then ask again")
    }

    /// Removes one. Throws `missing` where there is none.
    public func remove(_ kind: ConfigDocument.Kind, _ name: String, in namespace: String) throws(PodError) {
        guard let journal, try value(kind, name, namespace) != nil else {
            throw PodError(
                .missing, "there is no \(kind.rawValue) '\(name)' in namespace '\(namespace)'",
                hint: "'hull config ls -A' lists all")
        }
        try changing { () throws(PodError) in
            _ = try journaling("cannot remove \(kind.word) '\(namespace)/\(name)'") { () throws(JournalError) in
                try journal.commit(Transaction(then: [.delete(.key(Self.key(kind, name, namespace)))]), .durable)
            }
        }
    }

    // MARK: Looking

    /// nil where there is none.
    public func document(
        _ kind: ConfigDocument.Kind, _ name: String, in namespace: String
    ) throws(PodError) -> ConfigDocument? {
        // A Secret that is changed between the two reads has lost the file that its record named.
        for _ in 0..<16 {
            guard let value = try value(kind, name, namespace) else { return nil }
            do throws(PodError) { return try document(kind, value.value).document } catch {
                let now = try self.value(kind, name, namespace)
                if now?.modRevision == value.modRevision { throw error }
            }
        }
        throw PodError(
            .failed, "somebody changes \(kind.word) '\(namespace)/\(name)' again and again",
            hint: "'hull events -f' shows who; then ask again")
    }

    /// All, by kind, namespace and name, without values.
    public func list() throws(PodError) -> [Line] {
        var lines: [Line] = []
        for value in try values(below: PodKeys.configMaps) {
            let (document, createdAt) = try document(.configMap, value)
            lines.append(
                Line(
                    kind: .configMap, metadata: document.metadata, keys: document.entries.count, size: document.size,
                    isImmutable: document.isImmutable, createdAt: createdAt))
        }
        for value in try values(below: PodKeys.secrets) {
            let record = try Self.secret(value)
            lines.append(
                Line(
                    kind: .secret, metadata: record.metadata, keys: record.keys.count,
                    size: record.keys.reduce(0) { $0 + $1.size }, isImmutable: record.isImmutable, createdAt: record.createdAt))
        }
        return lines
    }

    // MARK: Records

    private static func key(_ kind: ConfigDocument.Kind, _ name: String, _ namespace: String) -> Key {
        switch kind {
        case .configMap: PodKeys.configMap(name, in: namespace)
        case .secret: PodKeys.secret(name, in: namespace)
        }
    }

    private static func path(_ metadata: ObjectMeta) -> String { metadata.namespace + "/" + metadata.name }

    private func value(_ kind: ConfigDocument.Kind, _ name: String, _ namespace: String) throws(PodError) -> KeyValue? {
        guard let journal else { return nil }
        return try journaling("cannot read \(kind.word) '\(namespace)/\(name)'") { () throws(JournalError) in
            try journal.value(of: Self.key(kind, name, namespace))
        }
    }

    func secretRecords() throws(PodError) -> [[UInt8]] { try values(below: PodKeys.secrets) }

    private func values(below prefix: Key) throws(PodError) -> [[UInt8]] {
        guard let journal else { return [] }
        return try journaling("cannot list the documents") { () throws(JournalError) in
            try journal.range(RangeRequest(.prefix(prefix))).keyValues.map(\.value)
        }
    }

    private func document(
        _ kind: ConfigDocument.Kind, _ record: [UInt8]
    ) throws(PodError) -> (document: ConfigDocument, createdAt: Int64) {
        switch kind {
        case .configMap:
            let record = try ConfigMapRecord(record)
            return (record.document, record.createdAt)
        case .secret:
            let record = try Self.secret(record)
            return (try values(of: record), record.createdAt)
        }
    }

    /// The same of one that is to be replaced, which may be damaged: then only when it was made is known.
    private func present(
        _ kind: ConfigDocument.Kind, _ record: [UInt8]
    ) throws(PodError) -> (document: ConfigDocument?, createdAt: Int64) {
        guard kind == .secret else {
            let (document, createdAt) = try document(kind, record)
            return (document, createdAt)
        }
        let secret = try Self.secret(record)
        do throws(PodError) { return (try values(of: secret), secret.createdAt) } catch { return (nil, secret.createdAt) }
    }

    private static func secret(_ bytes: [UInt8]) throws(PodError) -> SecretRecord {
        do throws(TreeError) { return try SecretRecord(json: bytes) } catch { throw PodError(error, "the record of a secret") }
    }

    /// The new record of a document. Order: a Secret's file is on the disk before the record that names it.
    private func prepare(_ document: ConfigDocument, createdAt: Int64, changedAt: Int64) throws(PodError) -> [UInt8] {
        switch document.kind {
        case .configMap:
            let record = ConfigMapRecord(document: document, createdAt: createdAt).json
            guard record.count < Transaction.sizeLimit - (4 << 10) else {
                throw PodError(
                    .invalid, "configmap '\(Self.path(document.metadata))' has \(record.count) bytes when it is written as JSON",
                    hint: "give fewer bytes that need an escape, or some of it in another ConfigMap")
            }
            return record
        case .secret:
            let (file, digest) = try writeValues(document)
            return SecretRecord(document, file: file, digest: digest, createdAt: createdAt, changedAt: changedAt).json
        }
    }
}
