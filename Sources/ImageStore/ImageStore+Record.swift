internal import Digests
internal import ImageSpec
internal import Journal
internal import LinuxKernel
import OCISpec
internal import StrictTree

extension ImageStore {
    /// Records an image whose parts are all in place, in one durable transaction with its names. Its layers are recorded first: without an image they
    /// are waste that the next command finds.
    func record(_ record: ImageRecord, names: [String], layers: [Digest: LayerRecord]) throws(ImageError) {
        try commit(layers.map { .put(StoreKeys.layer($0.key), value: $0.value.json()) })
        for _ in 0..<64 {
            let old = try journaling { () throws(JournalError) in try journal.value(of: StoreKeys.image(record.digest)) }
            var merged = record
            if let old {
                let known: ImageRecord = try read(old, "the record of image \(record.digest)")
                merged.loaded = known.loaded
                for index in known.indexes where !merged.indexes.contains(where: { $0.digest == index.digest }) {
                    merged.indexes.append(index)
                }
            }
            var operations: [Operation] = [.put(StoreKeys.image(record.digest), value: merged.json())]
            let name = NameRecord(digest: record.digest).json()
            operations += Set(names).sorted().map { .put(StoreKeys.name($0), value: name) }
            let condition = Comparison.isUnchanged(StoreKeys.image(record.digest), since: old?.modRevision ?? 0)
            let answer = try journaling { () throws(JournalError) in
                try journal.commit(Transaction(if: [condition], then: operations), .durable)
            }
            if answer.succeeded { return }
        }
        throw .busy("somebody")
    }

    /// Durable operations in as few transactions as they fit in; for what need not happen at once.
    func commit(_ operations: [Operation]) throws(ImageError) {
        var rest = operations[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(Transaction.operationLimit))
            rest = rest.dropFirst(part.count)
            _ = try journaling { () throws(JournalError) in try journal.commit(Transaction(then: part), .durable) }
        }
    }

    /// Gives an image one more name; a name that pointed elsewhere points here from now on.
    public func tag(_ text: String, as target: String) throws(ImageError) {
        let name = try Self.reference(target)
        guard name.digest == nil else { throw .badName(name.description, .invalidFormat) }
        for _ in 0..<64 {
            let image = try image(text)
            let key = StoreKeys.image(image.record.digest)
            // Order: the image exists in the same transaction, or it could be removed in between.
            let transaction = Transaction(
                if: [.isUnchanged(key, since: image.revision)],
                then: [.put(StoreKeys.name(name.description), value: NameRecord(digest: image.record.digest).json())])
            if try journaling({ () throws(JournalError) in try journal.commit(transaction, .durable) }).succeeded { return }
        }
        throw .busy("somebody")
    }

    /// Now, as records have it.
    static func now() -> String { String(WallTime.now().rfc3339.prefix(19)) + "Z" }
}
