/// How a process writes down what it does: words of 64 bits, a record at a time, the call before it is made and the answer after it was heard. A process
/// that is killed leaves a call without an answer, and perhaps a record that is cut off.
///
///     tag << 56 | number of words that follow
///     1 write     time, id, condition or all ones, lease, changes: key << 1 | 1 for a deletion
///     2 written   time, revision, outcome: 0 failed, 1 succeeded, 2 refused
///     3 read      time, older revision or 0, key or all ones
///     4 found     time, revision, then key << 1 | 1 for an expired lease, id, mod revision, lease of each
///     5 watched   from, through, then revision, change, id of each
///     6 lease     time, 0 grant, 1 grant for life, 2 keep-alive, 3 revoke, lease or 0, milliseconds or 0; answered by 2
public enum Recording {
    private static let none = UInt64.max

    public static func call(_ action: History.Action, at time: Int64) -> [UInt64] {
        switch action {
        case .write(let write):
            record(1, [bits(time), write.id, write.condition.map(bits) ?? none, bits(write.lease)] + write.changes.map(word))
        case .read(let read):
            record(3, [bits(time), bits(read.at ?? 0), read.key.map(UInt64.init) ?? none])
        case .lease(let act):
            record(6, [bits(time)] + words(act.kind))
        }
    }

    private static func words(_ kind: History.LeaseAct.Kind) -> [UInt64] {
        switch kind {
        case .grant(let milliseconds): [0, 0, bits(milliseconds)]
        case .grantForLife: [1, 0, 0]
        case .keepAlive(let id, let milliseconds): [2, bits(id), bits(milliseconds)]
        case .revoke(let id): [3, bits(id), 0]
        }
    }

    public static func written(_ outcome: History.Write.Outcome, revision: Int64, at time: Int64) -> [UInt64] {
        let code: UInt64 = outcome == .succeeded ? 1 : outcome == .failed ? 0 : 2
        return record(2, [bits(time), bits(revision), code])
    }

    public static func found(_ found: [History.Read.Found], revision: Int64, at time: Int64) -> [UInt64] {
        record(
            4,
            [bits(time), bits(revision)]
                + found.flatMap { [UInt64($0.key) << 1 | ($0.isExpired ? 1 : 0), $0.id, bits($0.modRevision), bits($0.lease)] })
    }

    public static func watched(_ part: History.Stream.Part) -> [UInt64] {
        record(5, [bits(part.from), bits(part.through)] + part.events.flatMap { [bits($0.revision), word($0.change), $0.id] })
    }

    private static func bits(_ number: Int64) -> UInt64 { UInt64(bitPattern: number) }

    private static func word(_ change: History.Write.Change) -> UInt64 { UInt64(change.key) << 1 | (change.isDelete ? 1 : 0) }

    private static func record(_ tag: UInt64, _ words: [UInt64]) -> [UInt64] { [tag << 56 | UInt64(words.count)] + words }
}

extension History {
    /// Adds what one process wrote down, up to the first record that is cut off. Returns what it watched.
    public mutating func add(_ words: [UInt64], of process: String) -> [Stream.Part] {
        var parts: [Stream.Part] = []
        var open: Operation?
        var next = 0
        while next < words.count {
            let tag = words[next] >> 56
            let end = next + 1 + Int(words[next] & 0xff_ffff_ffff)
            guard end <= words.count else { break }
            let fields = words[next + 1..<end].map { Int64(bitPattern: $0) }
            next = end
            switch tag {
            case 1, 3, 6:
                // The call before got an error that says nothing.
                if let open { operations.append(open) }
                open = Operation(process, fields[0], action: Self.action(tag, fields))
            case 2, 4:
                if let call = open { operations.append(Self.answered(call, fields)) }
                open = nil
            default:
                parts.append(Self.part(fields))
            }
        }
        if let open { operations.append(open) }
        return parts
    }

    private static func action(_ tag: UInt64, _ fields: [Int64]) -> Action {
        if tag == 3 { return .read(Read(UInt32(exactly: fields[2]), at: fields[1] == 0 ? nil : fields[1])) }
        if tag == 6 { return .lease(LeaseAct(kind(fields))) }
        let id = UInt64(bitPattern: fields[1])
        return .write(Write(id, fields[4...].map(change), if: fields[2] == -1 ? nil : fields[2], lease: fields[3]))
    }

    private static func kind(_ fields: [Int64]) -> LeaseAct.Kind {
        switch fields[1] {
        case 0: .grant(milliseconds: fields[3])
        case 1: .grantForLife
        case 2: .keepAlive(fields[2], milliseconds: fields[3])
        default: .revoke(fields[2])
        }
    }

    private static func answered(_ call: Operation, _ fields: [Int64]) -> Operation {
        var operation = call
        operation.responded = fields[0]
        operation.revision = fields[1]
        switch call.action {
        case .write(var write):
            write.outcome = [.failed, .succeeded, .refused][Int(fields[2])]
            operation.action = .write(write)
        case .lease(var act):
            act.outcome = [.failed, .succeeded, .refused][Int(fields[2])]
            operation.action = .lease(act)
        case .read(var read):
            for start in stride(from: 2, to: fields.count, by: 4) {
                read.found.append(
                    Read.Found(
                        UInt32(fields[start] >> 1), UInt64(bitPattern: fields[start + 1]), fields[start + 2],
                        lease: fields[start + 3], isExpired: fields[start] & 1 != 0))
            }
            operation.action = .read(read)
        }
        return operation
    }

    private static func part(_ fields: [Int64]) -> Stream.Part {
        var part = Stream.Part(from: fields[0], through: fields[1], [])
        for start in stride(from: 2, to: fields.count, by: 3) {
            part.events.append(
                Stream.Event(fields[start], change(fields[start + 1]), UInt64(bitPattern: fields[start + 2])))
        }
        return part
    }

    private static func change(_ word: Int64) -> Write.Change { Write.Change(UInt32(word >> 1), isDelete: word & 1 != 0) }
}
