public import Journal
import StrictTree

/// What `txn`, `put` and `del` print.
public enum TransactionAnswerText {
    /// The answer to a transaction that was written out: which branch, and then what each of its operations gave, set apart by empty lines.
    public static func bytes(_ answer: TransactionAnswer, of transaction: Transaction, _ style: PrintStyle) -> [UInt8] {
        let operations = answer.succeeded ? transaction.success : transaction.failure
        if style.format == .json {
            return JSONWriter.line { json in
                json.header(answer.revision)
                json.member("succeeded", answer.succeeded)
                json.array("responses") { json in
                    for (operation, response) in zip(operations, answer.responses) {
                        json.object { $0.members(of: response, to: operation) }
                    }
                }
            }
        }
        var bytes = Array((answer.succeeded ? "SUCCESS\n" : "FAILURE\n").utf8)
        for (operation, response) in zip(operations, answer.responses) {
            bytes.append(UInt8(ascii: "\n"))
            bytes += text(response, to: operation, style)
        }
        return bytes
    }

    private static func text(_ response: TransactionAnswer.Response, to operation: Operation, _ style: PrintStyle) -> [UInt8] {
        switch response {
        case .put: return Array("OK\n".utf8)
        case .delete(let removed): return Array("\(removed.count)\n".utf8)
        case .range(let answer):
            guard case .range(let request) = operation else { return [] }
            if request.countOnly { return Array("\(answer.count)\n".utf8) }
            return RangeText.lines(answer.keyValues, withValues: !request.keysOnly, style)
        }
    }

    /// The answer to one put.
    public static func put(_ revision: Revision, previous: KeyValue?, _ style: PrintStyle) -> [UInt8] {
        if style.format == .json {
            return JSONWriter.line { json in
                json.header(revision)
                if let previous { json.object("prev_kv") { $0.members(of: previous) } }
            }
        }
        return Array("OK\n".utf8) + RangeText.lines(previous.map { [$0] } ?? [], style)
    }

    /// The answer to one deletion.
    public static func deletion(_ revision: Revision, count: Int, previous: [KeyValue], _ style: PrintStyle) -> [UInt8] {
        if style.format == .json {
            return JSONWriter.line { json in
                json.header(revision)
                json.member("deleted", count)
                if previous.isEmpty { return }
                json.array("prev_kvs") { json in
                    for keyValue in previous { json.object { $0.members(of: keyValue) } }
                }
            }
        }
        return Array("\(count)\n".utf8) + RangeText.lines(previous, style)
    }
}

extension JSONWriter {
    /// The member of one response, named as etcd names it.
    fileprivate mutating func members(of response: TransactionAnswer.Response, to operation: Operation) {
        switch response {
        case .put: object("response_put") { _ in }
        case .delete(let removed): object("response_delete_range") { $0.member("deleted", removed.count) }
        case .range(let answer):
            object("response_range") { json in
                guard case .range(let request) = operation else { return }
                json.members(of: answer, request)
            }
        }
    }
}

extension TransactionAnswer {
    /// What its ranges gave.
    public var ranges: [RangeAnswer] {
        responses.compactMap { response in
            if case .range(let answer) = response { answer } else { nil }
        }
    }
}
