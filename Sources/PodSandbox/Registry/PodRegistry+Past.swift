public import Journal
internal import LinuxKernel
internal import LinuxTypes
public import PodRecords
internal import StrictTree

// What was, as far as the journal still has it.

extension PodRegistry {
    /// The same, as it was at a revision. Nothing can be changed there.
    public func looking(at revision: Revision) -> PodRegistry {
        var past = self
        past.revision = revision
        return past
    }

    /// The last revision until a moment, nanoseconds since 1970.
    public func revision(at moment: Int64) throws(PodError) -> Revision {
        guard let journal else {
            throw PodError(
                .missing, "nothing was ever recorded", hint: "'hull run' records the first pod; --root names another place")
        }
        return try journaling("cannot look back") { () throws(JournalError) in try journal.revision(at: moment) }
    }

    /// All that happened to a pod; it may have been removed. `missing` where the journal knows of none.
    public func history(of reference: PodReference) throws(PodError) -> PodHistory {
        guard let journal else { throw Self.unknown(reference) }
        // A compaction in between begins it anew.
        for _ in 0..<16 {
            let compacted = journal.compactedRevision
            do throws(PodError) { return try history(of: reference, behind: compacted, journal) } catch {
                guard error.kind == .compacted else { throw error }
            }
        }
        throw PodError(.failed, "the journal is compacted again and again", hint: "ask again, or for what is younger")
    }

    private static func unknown(_ reference: PodReference) -> PodError {
        PodError(
            .missing, "the journal knows no pod '\(reference)'",
            hint: "'hull ps -a -A' lists those that are there; of one that was removed the history may have been compacted")
    }

    private func history(
        of reference: PodReference, behind compacted: Revision, _ journal: Journal
    ) throws(PodError) -> PodHistory {
        var uids = try formerUIDs(of: reference, behind: compacted, journal)
        if let present = try uid(of: reference), uids.last != present { uids = uids.filter { $0 != present } + [present] }
        guard let uid = uids.last else { throw Self.unknown(reference) }
        var history = PodHistory(uid: uid, compacted: compacted, earlier: uids.dropLast())
        let keys = KeyRange.prefix(PodKeys.sandbox(uid))
        let (base, batch) = try journaling("cannot read the history") { () throws(JournalError) in
            (
                compacted > 0 ? try journal.range(RangeRequest(keys, at: compacted)).keyValues : [],
                try journal.changes(of: keys, behind: compacted)
            )
        }
        var reader = ChangeReader(journal)
        for entry in base { history.changes += reader.take(retained: entry) }
        for event in batch.events { history.changes += reader.take(event) }
        history.changes.removeAll { $0.uid != uid }
        history.marks = batch.gaps.map { "\($0)" } + reader.marks
        return history
    }

    /// Of pods that had the name, or whose uid begins so; the last one at the end.
    private func formerUIDs(
        of reference: PodReference, behind compacted: Revision, _ journal: Journal
    ) throws(PodError) -> [PodUID] {
        let name = PodKeys.name(reference.name, in: reference.namespace)
        return try journaling("cannot look for pod '\(reference)' in the history") { () throws(JournalError) in
            var found: [PodUID] = []
            func add(_ uid: PodUID?) {
                if let uid { found = found.filter { $0 != uid } + [uid] }
            }
            if compacted > 0, let value = try journal.value(of: name, at: compacted)?.value {
                add(PodUID(String(decoding: value, as: UTF8.self)))
            }
            for event in try journal.changes(of: .key(name), behind: compacted).events where event.kind == .put {
                add(PodUID(String(decoding: event.keyValue.value, as: UTF8.self)))
            }
            guard found.isEmpty, !reference.text.isEmpty, !reference.text.utf8.contains(UInt8(ascii: "/")) else { return found }
            let prefix = KeyRange.prefix(Key("/sandboxes/\(reference.text)"))
            if compacted > 0 {
                for entry in try journal.range(RangeRequest(prefix, at: compacted, keysOnly: true)).keyValues {
                    add(PodKeys.parse(entry.key)?.uid)
                }
            }
            for event in try journal.changes(of: prefix, behind: compacted).events {
                add(PodKeys.parse(event.keyValue.key)?.uid)
            }
            // The beginning of several uids names none of them.
            return found.count == 1 ? found : []
        }
    }

    // MARK: Refusals

    /// Keeps why a pod was refused, of which there is nothing else.
    public func record(_ refusal: Refusal) throws(PodError) {
        guard let journal else { return }
        _ = try journaling("cannot record that pod '\(refusal.name)' was refused") { () throws(JournalError) in
            try journal.commit(Transaction(then: [.put(PodKeys.refusal, value: refusal.json)]), .volatile)
        }
    }

    /// The last refusal of all, where it was of a pod of this name: without a look at history, which may be long.
    public func lastRefusal(of reference: PodReference) throws(PodError) -> Refusal? {
        guard let journal else { return nil }
        let value = try journaling("cannot look for a refusal") { () throws(JournalError) in
            try journal.value(of: PodKeys.refusal)?.value
        }
        return Self.refusal(of: reference, in: value.map { [$0] } ?? [])
    }

    /// The last refusal of a pod of this name; nil where the journal knows of none.
    public func lastRefusalEver(of reference: PodReference) throws(PodError) -> Refusal? {
        guard let journal else { return nil }
        let values = try journaling("cannot look for refusals") { () throws(JournalError) in
            let compacted = journal.compactedRevision
            var values: [[UInt8]] = []
            if compacted > 0, let value = try journal.value(of: PodKeys.refusal, at: compacted)?.value { values.append(value) }
            return values
                + (try journal.changes(of: .key(PodKeys.refusal), behind: compacted).events.map(\.keyValue.value))
        }
        return Self.refusal(of: reference, in: values)
    }

    private static func refusal(of reference: PodReference, in values: [[UInt8]]) -> Refusal? {
        for value in values.reversed() {
            do throws(TreeError) {
                let refusal = try Refusal(json: value)
                if refusal.name == reference.name, refusal.namespace == reference.namespace { return refusal }
            } catch {
                // One that a newer version has written in another way.
            }
        }
        return nil
    }
}
