import CommandSupport
public import Journal
import StrictTree

/// What `get` and `range` print.
public enum RangeText {
    public static func bytes(_ answer: RangeAnswer, _ arguments: ReadArguments, _ style: PrintStyle) -> [UInt8] {
        switch style.format {
        case .json:
            return JSONWriter.line { json in
                json.header(answer.revision)
                json.members(of: answer, arguments.request)
            }
        case .table: return Array(table(answer, arguments.request).utf8)
        case .raw, .simple:
            if arguments.request.countOnly { return Array("\(answer.count)\n".utf8) }
            if style.format == .raw, arguments.isSingle, !arguments.request.keysOnly {
                return answer.keyValues.first?.value ?? []
            }
            return lines(
                answer.keyValues, withKeys: !arguments.valuesOnly, withValues: !arguments.request.keysOnly, style)
        }
    }

    /// A line for each key and one for its value.
    static func lines(_ keyValues: [KeyValue], withKeys: Bool = true, withValues: Bool = true, _ style: PrintStyle) -> [UInt8] {
        var bytes: [UInt8] = []
        for keyValue in keyValues {
            if withKeys {
                bytes += style.format == .raw ? keyValue.key.bytes : Array(KeyText.string(keyValue.key.bytes).utf8)
                bytes.append(UInt8(ascii: "\n"))
            }
            if withValues {
                bytes += ValueText.bytes(keyValue.value, forTerminal: style.isTerminal && style.format != .raw)
                bytes.append(UInt8(ascii: "\n"))
            }
        }
        return bytes
    }

    private static func table(_ answer: RangeAnswer, _ request: RangeRequest) -> String {
        if request.countOnly { return "\(answer.count)\n" }
        // Most stores have no leases, and most terminals few columns.
        let hasLeases = answer.keyValues.contains { $0.lease != 0 }
        let columns = ["KEY", "CREATED", "MODIFIED", "VERSION", "DURABILITY"] + (hasLeases ? ["LEASE"] : [])
        var table = Table(columns + (request.keysOnly ? [] : ["VALUE"]))
        for keyValue in answer.keyValues {
            var row = [
                KeyText.string(keyValue.key.bytes), "\(keyValue.createRevision)", "\(keyValue.modRevision)",
                "\(keyValue.version)", durability(keyValue),
            ]
            if hasLeases { row.append(lease(keyValue)) }
            if !request.keysOnly { row.append(value(keyValue)) }
            table.add(row)
        }
        return table.text
    }

    static func durability(_ keyValue: KeyValue) -> String {
        keyValue.isVolatile ? keyValue.isFromEarlierBoot ? "earlier boot" : "volatile" : "durable"
    }

    private static func lease(_ keyValue: KeyValue) -> String {
        keyValue.lease == 0 ? "" : "\(keyValue.lease)\(keyValue.isLeaseExpired ? " (expired)" : "")"
    }

    static func value(_ keyValue: KeyValue) -> String {
        keyValue.isValueDamaged ? "(damaged)" : ValueText.excerpt(keyValue.value)
    }
}

/// What is to be said beside an answer that cannot be relied on.
public enum Marks {
    /// A line for each gap and each damaged value.
    public static func lines(_ answer: RangeAnswer) -> [String] { answer.gaps.map { "\($0)" } + lines(answer.keyValues) }

    /// A line for each damaged value.
    public static func lines(_ keyValues: [KeyValue]) -> [String] {
        keyValues.filter(\.isValueDamaged).map {
            "the value of '\(KeyText.string($0.key.bytes))' at revision \($0.modRevision) is damaged"
        }
    }
}
