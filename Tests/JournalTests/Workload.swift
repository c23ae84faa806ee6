@testable import Journal

/// A mixture of operations from a seed, the same each time.
struct Workload {
    struct Step {
        var operations: [Operation]
        var durability: Durability
        /// Another process takes over before it.
        var reopens: Bool
        /// History is given up before it, up to this many revisions before the last.
        var compacts: Int?
        /// What is done with leases in place of the operations.
        var lease: LeaseStep?
        /// Milliseconds that go by before it.
        var passes: UInt64 = 0
        /// The machine's other process is another one from here on.
        var replacesProcess = false
    }

    /// The number picks one of the leases that there are by then.
    enum LeaseStep {
        case grant(UInt64?)
        case keepAlive(Int)
        case revoke(Int)
        case put(Int, Key, value: [UInt8])
        /// A put of a key as it is, but for what is not kept.
        case keep(Key, Operation.Kept, Int, value: [UInt8])
    }

    let steps: [Step]

    init(seed: UInt64, count: Int, hasLeases: Bool = false) {
        var generator = SeededGenerator(seed: seed)
        steps = (0..<count).map { _ in
            var step = Self.step(&generator)
            if hasLeases { Self.addLeases(to: &step, &generator) }
            return step
        }
    }

    private static func addLeases(to step: inout Step, _ generator: inout SeededGenerator) {
        step.passes = UInt64.random(in: 0..<40, using: &generator)
        step.replacesProcess = Int.random(in: 0..<12, using: &generator) == 0
        let number = Int.random(in: 0..<100, using: &generator)
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: step.lease = .grant(UInt64.random(in: 1..<300, using: &generator))
        case 1: step.lease = .grant(number < 50 ? nil : 1000)
        case 2: step.lease = number < 60 ? .keepAlive(number) : .revoke(number)
        case 3...5:
            let value = [UInt8](repeating: UInt8(number), count: number < 80 ? number : 1200)
            step.lease = .put(number, key(&generator), value: value)
        case 6:
            let kept = Operation.Kept(rawValue: UInt8(number % 3 + 1))
            step.lease = .keep(key(&generator), kept, number, value: [UInt8](repeating: UInt8(number), count: number))
        default: break
        }
    }

    private static func step(_ generator: inout SeededGenerator) -> Step {
        let kind = Int.random(in: 0..<10, using: &generator)
        let operations: [Operation] =
            switch kind {
            case 0...5: [put(&generator)]
            case 6: [.delete(.key(key(&generator)))]
            case 7: [.delete(.prefix(Key("/k\(Int.random(in: 0..<3, using: &generator))")))]
            default: pair(&generator)
            }
        return Step(
            operations: operations, durability: Int.random(in: 0..<3, using: &generator) == 0 ? .durable : .volatile,
            reopens: Int.random(in: 0..<8, using: &generator) == 0,
            compacts: Int.random(in: 0..<7, using: &generator) == 0 ? Int.random(in: 0..<6, using: &generator) : nil)
    }

    private static func key(_ generator: inout SeededGenerator) -> Key { Key("/k\(Int.random(in: 0..<12, using: &generator))") }

    private static func put(_ generator: inout SeededGenerator) -> Operation {
        // Mostly small, sometimes more than a sector, now and then half a segment.
        let size = [0, 3, 20, 100, 700, 1500, 4000].randomElement(using: &generator) ?? 0
        let byte = UInt8.random(in: 1...255, using: &generator)
        return .put(key(&generator), value: [UInt8](repeating: byte, count: size))
    }

    /// Two keys that only ever change together.
    private static func pair(_ generator: inout SeededGenerator) -> [Operation] {
        let value = [UInt8](repeating: UInt8.random(in: 1...255, using: &generator), count: 40)
        return [.put("/pair/a", value: value), .put("/pair/b", value: value)]
    }
}

extension Workload.Step {
    /// What it does, with the leases that a model has.
    func act(_ model: Model) -> Act {
        let leases = Model.leases(model.state)
        func pick(_ number: Int) -> LeaseID { leases.isEmpty ? 0 : leases[number % leases.count] }
        switch lease {
        case nil: return .transaction(operations)
        case .grant(let milliseconds): return .grant(milliseconds: milliseconds)
        case .keepAlive(let number): return .keepAlive(pick(number))
        case .revoke(let number): return .revoke(pick(number))
        case .put(let number, let key, let value): return .transaction([.put(key, value: value, lease: pick(number))])
        case .keep(let key, let kept, let number, let value):
            let lease = kept.contains(.lease) ? 0 : pick(number)
            return .transaction([.put(key, value: kept.contains(.value) ? [] : value, lease: lease, keeping: kept)])
        }
    }

    /// Compacts, if there is something to give up.
    func compact(_ journal: Journal) throws(JournalError) {
        guard let compacts else { return }
        let revision = try journal.revision() - Revision(compacts)
        if revision > journal.compactedRevision { try journal.compact(to: revision) }
    }
}
