@testable import Journal

/// What a store should be, kept the simplest way: all of it, once for each revision.
struct Model {
    struct Value: Equatable {
        var value: [UInt8]
        var create: Revision
        var mod: Revision
        var version: Int64
        var lease: LeaseID = 0
    }

    typealias State = [Key: Value]

    struct Step {
        var state: State
        /// nil for one whose answer was never heard.
        var revision: Revision?
        var isDurable: Bool
    }

    /// Each is what the store was after a transaction; the first is the empty store.
    var steps = [Step(state: [:], revision: 1, isDurable: true)]
    /// The last that a power cut may not take.
    var promised = 0
    /// The last that a killed process cannot have taken along.
    var answered = 0
    var highestRevision: Revision = 1
    /// Answers that cannot be.
    var wrong: [String] = []

    var state: State { steps[steps.count - 1].state }

    /// What the state becomes. `revision` nil: not known, written as -1.
    func applying(_ operations: [Operation], to base: State? = nil, revision: Revision?) -> State {
        var state = base ?? state
        let mark = revision ?? -1
        for operation in operations {
            switch operation {
            case .put(let key, let value, let lease, let kept):
                let before = state[key]
                state[key] = Value(
                    value: kept.contains(.value) ? before?.value ?? [] : value, create: before?.create ?? mark, mod: mark,
                    version: (before?.version ?? 0) + 1, lease: kept.contains(.lease) ? before?.lease ?? 0 : lease)
            case .delete(let keys):
                for key in state.keys where keys.contains(key.bytes) { state[key] = nil }
            case .range: break
            }
        }
        return state
    }

    /// A transaction that was answered.
    mutating func commit(_ operations: [Operation], revision: Revision, isDurable: Bool) {
        if revision > highestRevision {
            steps.append(Step(state: applying(operations, revision: revision), revision: revision, isDurable: isDurable))
        }
        highestRevision = max(highestRevision, revision)
        answered = steps.count - 1
        if isDurable { promised = steps.count - 1 }
    }

    /// A transaction that may or may not have taken place.
    mutating func attempt(_ operations: [Operation]) {
        steps.append(Step(state: applying(operations, revision: nil), revision: nil, isDurable: false))
    }

    /// The last step from `lowest` on that is the same as a state; nil where there is none. A mark of -1 stands for any revision above the known ones.
    /// Only steps up to the store's own revision count: what was put and deleted again leaves the same state.
    func step(matching found: State, from lowest: Int, upTo revision: Revision) -> Int? {
        (lowest..<steps.count).last { index in
            // One whose answer was never heard came after the one before it, if it came.
            let least = steps[index].revision ?? (index > 0 ? (steps[index - 1].revision ?? 0) + 1 : 0)
            return least <= revision && Self.matches(steps[index].state, found, above: highestRevision)
        }
    }

    /// The keys in which a step differs, for a failure's message.
    func difference(_ step: Int, _ found: State) -> String {
        let expected = steps[step].state
        let keys = Set(expected.keys).union(found.keys).sorted()
        return keys.filter { expected[$0] != found[$0] }.map { key in
            func text(_ value: Value?) -> String {
                value.map {
                    "\($0.value.count) bytes of \($0.value.first ?? 0), create \($0.create), mod \($0.mod), version \($0.version)"
                } ?? "none"
            }
            return "'\(key)': expected \(text(expected[key])), found \(text(found[key]))"
        }.joined(separator: "; ")
    }

    private static func matches(_ expected: State, _ found: State, above highest: Revision) -> Bool {
        guard expected.count == found.count else { return false }
        let found = named(found, as: expected, above: highest)
        return expected.allSatisfy { key, value in
            guard let other = found[key] else { return false }
            func same(_ a: Revision, _ b: Revision) -> Bool { a == b || a == -1 && b > highest }
            return value.value == other.value && value.version == other.version && value.lease == other.lease
                && same(value.mod, other.mod) && same(value.create, other.create)
        }
    }

    /// The last transaction is taken back or, with the revision that it turned out to have, made sure.
    mutating func settle(at step: Int, found: State, revision: Revision) {
        steps.removeLast(steps.count - 1 - step)
        steps[step].state = found
        if steps[step].revision == nil { steps[step].revision = revision }
        promised = min(promised, step)
        answered = step
        highestRevision = max(highestRevision, revision)
    }
}

extension Journal {
    /// All keys, as the model has them.
    func state(at revision: Revision? = nil) throws(JournalError) -> Model.State {
        var state: Model.State = [:]
        for found in try range(RangeRequest(.all, at: revision)).keyValues {
            state[found.key] = Model.Value(
                value: found.isValueDamaged ? Array("damaged".utf8) : found.value, create: found.createRevision,
                mod: found.modRevision, version: found.version, lease: found.lease)
        }
        state.merge(try leaseState(at: revision)) { $1 }
        return state
    }
}
