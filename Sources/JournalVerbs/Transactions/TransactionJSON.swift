import Journal
import StrictTree

/// Reads a transaction with the names of etcd's JSON. Keys and values are text; those that are not stand as base64 under `key_base64`,
/// `range_end_base64` and `value_base64`.
enum TransactionJSON {
    static func transaction(_ bytes: [UInt8]) throws(Failure) -> Transaction {
        do throws(TreeError) {
            let root = try Document(json: bytes).root
            var fields = try Fields(root)
            let comparisons = try fields.elements("compare", comparison)
            let success = try fields.elements("success", operation)
            let failure = try fields.elements("failure", operation)
            try fields.refuseUnknown()
            return Transaction(if: comparisons, then: success, else: failure)
        } catch { throw Failure("the transaction: \(error)", exit: .usage) }
    }

    private static func comparison(_ value: Value) throws(TreeError) -> Comparison {
        var fields = try Fields(value)
        let keys = try keys(&fields)
        let relation = try fields.choice("result", relations) ?? .equal
        let target = try fields.choice("target", targets)
        var subjects: [(target: String, Comparison.Subject)] = []
        if let version = try fields.number("version") { subjects.append(("VERSION", .version(version))) }
        if let create = try fields.number("create_revision") { subjects.append(("CREATE", .createRevision(create))) }
        if let mod = try fields.number("mod_revision") { subjects.append(("MOD", .modRevision(mod))) }
        if let bytes = try fields.bytes("value", "value_base64") { subjects.append(("VALUE", .value(bytes))) }
        try fields.refuseUnknown()
        guard subjects.count == 1, target ?? subjects[0].target == subjects[0].target else {
            throw value.failure(
                "expected one of 'version', 'create_revision', 'mod_revision', 'value', the one that 'target' names")
        }
        return Comparison(keys, subjects[0].1, is: relation)
    }

    private static let relations: [(String, Comparison.Relation)] = [
        ("EQUAL", .equal), ("NOT_EQUAL", .notEqual), ("GREATER", .greater), ("LESS", .less),
    ]
    private static let targets = ["VERSION", "CREATE", "MOD", "VALUE"].map { ($0, $0) }

    private static func operation(_ value: Value) throws(TreeError) -> Operation {
        var fields = try Fields(value)
        var found: [Operation] = []
        if let put = fields.optional("request_put") { found.append(try Self.put(put)) }
        if let range = fields.optional("request_range") { found.append(.range(try request(range))) }
        if let deletion = fields.optional("request_delete_range") {
            var fields = try Fields(deletion)
            found.append(.delete(try keys(&fields)))
            try fields.refuseUnknown()
        }
        try fields.refuseUnknown()
        guard found.count == 1 else {
            throw value.failure("expected one of 'request_put', 'request_range', 'request_delete_range'")
        }
        return found[0]
    }

    private static func put(_ value: Value) throws(TreeError) -> Operation {
        var fields = try Fields(value)
        guard let key = try fields.bytes("key", "key_base64"), !key.isEmpty else { throw value.failure("key is not provided") }
        let bytes = try fields.bytes("value", "value_base64") ?? []
        let lease = try fields.number("lease") ?? 0
        var kept: Operation.Kept = []
        if try fields.bool("ignore_value") ?? false { kept.insert(.value) }
        if try fields.bool("ignore_lease") ?? false { kept.insert(.lease) }
        try fields.refuseUnknown()
        return .put(Key(key), value: bytes, lease: lease, keeping: kept)
    }

    private static func request(_ value: Value) throws(TreeError) -> RangeRequest {
        var fields = try Fields(value)
        var request = RangeRequest(try keys(&fields))
        if let revision = try fields.number("revision"), revision != 0 { request.revision = revision }
        request.limit = Int(try fields.number("limit") ?? 0)
        request.keysOnly = try fields.bool("keys_only") ?? false
        request.countOnly = try fields.bool("count_only") ?? false
        let orders: [(String, RangeRequest.Order)] = [("NONE", .ascending), ("ASCEND", .ascending), ("DESCEND", .descending)]
        request.order = try fields.choice("sort_order", orders) ?? .ascending
        let targets: [(String, RangeRequest.Target)] = [
            ("KEY", .key), ("VERSION", .version), ("CREATE", .createRevision), ("MOD", .modRevision), ("VALUE", .value),
        ]
        request.target = try fields.choice("sort_target", targets) ?? .key
        try fields.refuseUnknown()
        return request
    }

    /// `key` alone, with `range_end` (etcd's `"\0"`: to the last key), or with `prefix`.
    private static func keys(_ fields: inout Fields) throws(TreeError) -> KeyRange {
        let object = fields.object
        let key = try fields.bytes("key", "key_base64") ?? []
        let end = try fields.bytes("range_end", "range_end_base64")
        if try fields.bool("prefix") ?? false {
            guard end == nil else { throw object.failure("'prefix' and 'range_end' exclude each other") }
            return key.isEmpty ? .all : .prefix(Key(key))
        }
        if let end, !end.isEmpty { return end == [0] ? .from(Key(key)) : .interval(Key(key), Key(end)) }
        guard !key.isEmpty else { throw object.failure("key is not provided") }
        return .key(Key(key))
    }
}
