public import Journal
public import StrictTree

// JSON of the journal: etcd's names, its numbers as numbers. Bytes that are UTF-8 stand as a string under their name, others as base64 under
// `<name>_base64`. Members that are false or empty by nature are left out.

extension JSONWriter {
    /// A member with bytes.
    public mutating func member(_ name: String, bytes: [UInt8]) {
        if let text = String(validating: bytes, as: UTF8.self) { return member(name, text) }
        member(name + "_base64", Base64.string(bytes))
    }

    /// `{"revision":N}`, as the member `header`.
    public mutating func header(_ revision: Revision) {
        object("header") { $0.member("revision", revision) }
    }

    /// The members of a key with its value.
    public mutating func members(of keyValue: KeyValue, withValue: Bool = true) {
        member("key", bytes: keyValue.key.bytes)
        member("create_revision", keyValue.createRevision)
        member("mod_revision", keyValue.modRevision)
        member("version", keyValue.version)
        if withValue, !keyValue.isValueDamaged { member("value", bytes: keyValue.value) }
        if keyValue.lease != 0 { member("lease", keyValue.lease) }
        if keyValue.isLeaseExpired { member("lease_expired", true) }
        if keyValue.isVolatile { member("volatile", true) }
        if keyValue.isFromEarlierBoot { member("earlier_boot", true) }
        if keyValue.isValueDamaged { member("damaged", true) }
    }

    /// The members of an answer without the header: `kvs`, `more`, `count`, and `gaps` where there are any.
    public mutating func members(of answer: RangeAnswer, _ request: RangeRequest) {
        array("kvs") { json in
            for keyValue in answer.keyValues { json.object { $0.members(of: keyValue, withValue: !request.keysOnly) } }
        }
        if !request.countOnly { member("more", answer.hasMore) }
        member("count", answer.count)
        member(gaps: answer.gaps)
    }

    /// `gaps`, left out where there are none.
    public mutating func member(gaps: [Gap]) {
        if gaps.isEmpty { return }
        array("gaps") { json in
            for gap in gaps {
                json.object { json in
                    json.member("first", gap.first)
                    json.member("last", gap.last)
                    json.member("reason", gap.reason)
                }
            }
        }
    }

    /// The members of an event.
    public mutating func members(of event: Event) {
        member("type", event.kind == .put ? "PUT" : "DELETE")
        member("time", WallClock.text(event.time))
        object("kv") { json in
            if event.kind == .put { return json.members(of: event.keyValue) }
            json.member("key", bytes: event.keyValue.key.bytes)
            json.member("mod_revision", event.keyValue.modRevision)
        }
        if let previous = event.previous { object("prev_kv") { $0.members(of: previous) } }
    }
}

extension JSONWriter {
    /// One object in one line.
    public static func line(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter()
        json.object(body)
        return json.bytes + [UInt8(ascii: "\n")]
    }
}
