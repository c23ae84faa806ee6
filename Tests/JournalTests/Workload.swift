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
    }

    let steps: [Step]

    init(seed: UInt64, count: Int) {
        var generator = SeededGenerator(seed: seed)
        steps = (0..<count).map { _ in Self.step(&generator) }
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
    /// Compacts, if there is something to give up.
    func compact(_ journal: Journal) throws(JournalError) {
        guard let compacts else { return }
        let revision = try journal.revision() - Revision(compacts)
        if revision > journal.compactedRevision { try journal.compact(to: revision) }
    }
}
