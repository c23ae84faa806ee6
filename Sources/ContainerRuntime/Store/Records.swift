import Journal
import LinuxTypes
import OCISpec
import StrictTree

/// The two keys of one container in the journal: what is recorded of it, and its configuration as it was when the container was made.
struct Records {
    static let prefix: Key = "/containers/"

    let id: String
    private let journal: Journal
    private let ownsJournal: Bool
    private let recordKey: Key
    private let configurationKey: Key

    init(_ journal: Journal, _ id: String, ownsJournal: Bool) {
        self.journal = journal
        self.ownsJournal = ownsJournal
        self.id = id
        recordKey = Key("/containers/" + id)
        configurationKey = Key("/configurations/" + id)
    }

    /// The record and the revision that wrote it; nil where there is no container.
    func record() throws(RuntimeError) -> (record: ContainerRecord, revision: Revision)? {
        guard let found = try value(of: recordKey, "state") else { return nil }
        return (try Self.decode(found.value, id), found.modRevision)
    }

    /// The configuration: what happened to the bundle since does not count.
    func configuration() throws(RuntimeError) -> Configuration {
        guard let found = try value(of: configurationKey, "configuration") else { throw ContainerStore.missing(id) }
        do throws(TreeError) {
            return try Decoded(Configuration.self, from: Document(json: found.value).root).value
        } catch {
            throw RuntimeError(error, file: "the configuration of container '\(id)'")
        }
    }

    /// The first record of a new container, with its configuration, in place of `revision`'s, what a killed maker has left. Returns the new revision.
    func claim(_ record: ContainerRecord, configuration: [UInt8], since revision: Revision?) throws(RuntimeError) -> Revision {
        try commit([.put(configurationKey, value: configuration), .put(recordKey, value: record.encoded())], since: revision)
    }

    /// A new record in place of `revision`'s. Returns the new revision.
    func write(_ record: ContainerRecord, since revision: Revision?) throws(RuntimeError) -> Revision {
        try commit([.put(recordKey, value: record.encoded())], since: revision)
    }

    /// The container is no more.
    func remove(since revision: Revision?) throws(RuntimeError) {
        _ = try commit([.delete(.key(recordKey)), .delete(.key(configurationKey))], since: revision)
        if ownsJournal { try giveUpHistory() }
    }

    /// The lock keeps all who follow the rules apart; the comparison finds who does not.
    private func commit(_ operations: [Operation], since revision: Revision?) throws(RuntimeError) -> Revision {
        let unchanged: Comparison =
            revision.map { .isUnchanged(recordKey, since: $0) } ?? .isAbsent(recordKey)
        let answer = try naming("cannot record the state of container '\(id)'") { () throws(JournalError) in
            try waitingTurns { () throws(JournalError) in
                try journal.commit(Transaction(if: [unchanged], then: operations), .volatile)
            }
        }
        guard answer.succeeded else {
            throw RuntimeError(.failed, "the record of container '\(id)' was changed by somebody without its lock")
        }
        return answer.revision
    }

    /// History is kept as long as it is small beside what the containers need, so that giving it up is rare.
    private func giveUpHistory() throws(RuntimeError) {
        try naming("cannot give up old records") { () throws(JournalError) in
            try journal.keepWithin(Self.historyLimit, and: Self.limitPerContainer, for: .prefix(Self.prefix)) {
                _ throws(JournalError) in try journal.compact(to: try journal.revision())
            }
        }
    }

    /// Bytes: a few hundred containers' lives, each with a configuration of some kilobytes.
    private static let historyLimit: UInt64 = 4 << 20
    /// Bytes: what a container that lives may take.
    private static let limitPerContainer: UInt64 = 64 << 10

    private func value(of key: Key, _ what: String) throws(RuntimeError) -> KeyValue? {
        let found = try naming("cannot read the \(what) of container '\(id)'") { () throws(JournalError) in
            try journal.value(of: key)
        }
        if found?.isValueDamaged == true {
            throw RuntimeError(
                .failed, "the \(what) of container '\(id)' is damaged",
                hint: "'hull journal check' says what is wrong with the store")
        }
        return found
    }

    static func decode(_ bytes: [UInt8], _ id: String) throws(RuntimeError) -> ContainerRecord {
        do throws(TreeError) {
            return try ContainerRecord(decoding: bytes)
        } catch {
            throw RuntimeError(.failed, "the state of container '\(id)' cannot be read: \(error)")
        }
    }
}

/// Asks the journal again where its lock was not to be had: a hundred of us at once on a slow machine are no fault of any. Thirty seconds in
/// all; then the error names who holds it.
func waitingTurns<Result>(_ body: () throws(JournalError) -> Result) throws(JournalError) -> Result {
    for _ in 0..<14 {
        do throws(JournalError) { return try body() } catch {
            // The lock is taken before anything is done: what failed so has not begun.
            guard case .busy = error else { throw error }
        }
    }
    return try body()
}

/// Turns errors of the journal into runtime errors with a context.
func naming<Result>(_ context: String, _ body: () throws(JournalError) -> Result) throws(RuntimeError) -> Result {
    do throws(JournalError) { return try body() } catch { throw RuntimeError(error, context) }
}
