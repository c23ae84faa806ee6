public import Journal
internal import LinuxKernel
internal import LinuxTypes
public import PodRecords
internal import StrictTree

/// Tells of the journal's events what happened, one after the other.
public struct ChangeReader {
    private let journal: Journal
    private var sandboxes: [PodUID: SandboxRecord] = [:]
    private var containers: [Key: ContainerStatus] = [:]
    /// Records that cannot be read: a line each.
    public private(set) var marks: [String] = []

    public init(_ journal: Journal) { self.journal = journal }

    /// A record as it was when older history was given up.
    mutating func take(retained entry: KeyValue) -> [PodChange] {
        guard let (uid, container) = PodKeys.parse(entry.key) else { return [] }
        let changes = PodChanges(at: entry.modRevision, time: 0)
        if container == nil {
            guard let record = sandbox(entry) else { return [] }
            sandboxes[uid] = record
            return changes.of(nil, record, isNew: false)
        }
        guard let status = status(entry) else { return [] }
        containers[entry.key] = status
        return changes.of(nil, status, in: sandboxes[uid])
    }

    public mutating func take(_ event: Event) -> [PodChange] {
        let key = event.keyValue.key
        let changes = PodChanges(at: event.keyValue.modRevision, time: event.time)
        guard let (uid, container) = PodKeys.parse(key) else { return ObjectChange(event).map { $0.changes } ?? [] }
        guard event.kind == .put else {
            guard container == nil else {
                containers[key] = nil
                return []
            }
            let last = before(uid, event)
            sandboxes[uid] = nil
            return changes.ofRemoved(last, uid: uid)
        }
        let isNew = event.keyValue.createRevision == event.keyValue.modRevision
        if container == nil {
            let old = isNew ? nil : before(uid, event)
            guard let record = sandbox(event.keyValue) else { return [] }
            sandboxes[uid] = record
            return changes.of(old, record, isNew: isNew)
        }
        var old = containers[key]
        if old == nil, !isNew { old = past(key, before: event).flatMap { status($0) } }
        guard let status = status(event.keyValue) else { return [] }
        containers[key] = status
        return changes.of(old, status, in: before(uid, event))
    }

    /// The pod's record as it was when something happened to it.
    private mutating func before(_ uid: PodUID, _ event: Event) -> SandboxRecord? {
        if let known = sandboxes[uid] { return known }
        let record = past(PodKeys.sandbox(uid), before: event).flatMap { sandbox($0) }
        sandboxes[uid] = record
        return record
    }

    private func past(_ key: Key, before event: Event) -> KeyValue? {
        do throws(JournalError) {
            return try journal.range(RangeRequest(.key(key), at: event.keyValue.modRevision - 1)).keyValues.first
        } catch {
            // That history was given up: what was before is not known.
            return nil
        }
    }

    private mutating func sandbox(_ entry: KeyValue) -> SandboxRecord? {
        read(entry) { bytes throws(TreeError) in try SandboxRecord(json: bytes) }
    }

    private mutating func status(_ entry: KeyValue) -> ContainerStatus? {
        read(entry) { bytes throws(TreeError) in try ContainerStatus(json: bytes) }
    }

    private mutating func read<Record>(_ entry: KeyValue, _ body: ([UInt8]) throws(TreeError) -> Record) -> Record? {
        do throws(TreeError) {
            return try body(entry.value)
        } catch {
            let what = entry.isValueDamaged ? "is damaged" : "cannot be read: \(error)"
            marks.append("the record '\(entry.key)' of revision \(entry.modRevision) \(what)")
            return nil
        }
    }

    /// Lines about what could not be read, once.
    public mutating func takeMarks() -> [String] {
        defer { marks = [] }
        return marks
    }
}

/// What happened to something that is no pod.
private struct ObjectChange {
    private let event: Event
    private let object: PodChange.Object
    private let parts: [String]

    private static let prefixes: [(text: String, object: PodChange.Object, depth: Int)] = [
        ("/image-names/", .image, 0), ("/images/", .image, 1), ("/volumes/", .volume, 2), ("/configmaps/", .configmap, 2),
        ("/secrets/", .secret, 2), ("/refusal", .refusal, 0),
    ]

    /// nil for a key that is of no interest.
    init?(_ event: Event) {
        let key = String(decoding: event.keyValue.key.bytes, as: UTF8.self)
        guard let prefix = Self.prefixes.first(where: { key.hasPrefix($0.text) }) else { return nil }
        self.event = event
        object = prefix.object
        let rest = String(key.dropFirst(prefix.text.count))
        let parts = rest.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
        self.parts = prefix.depth == 0 ? [rest] : parts
        // Others stand below these: who uses an image.
        guard prefix.depth == 0 || parts.count == prefix.depth else { return nil }
    }

    var changes: [PodChange] {
        if object == .refusal { return refusal }
        var change = PodChange(object, word, at: event.keyValue.modRevision, time: event.time)
        if parts.count == 2 { change.namespace = parts[0] }
        change.name = parts.last ?? ""
        return [change]
    }

    private var word: String {
        guard event.kind == .put else { return "Removed" }
        return event.keyValue.createRevision == event.keyValue.modRevision ? "Kept" : "Changed"
    }

    private var refusal: [PodChange] {
        guard event.kind == .put else { return [] }
        do throws(TreeError) {
            let refusal = try Refusal(json: event.keyValue.value)
            var change = PodChange(
                .refusal, "Refused", cause: refusal.fault?.rawValue ?? "", message: refusal.message,
                at: event.keyValue.modRevision, time: event.time)
            (change.namespace, change.name) = (refusal.namespace, refusal.name)
            return [change]
        } catch { return [] }
    }
}
