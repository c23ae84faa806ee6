import Testing

@testable import Journal

/// A rotation that ends between the first page of the new segment and its name leaves a spare with a page.
///
/// The page was written again by the next rotation, later in the log and not synced. A power cut that kept the new name and the older page left a segment
/// that begins too early: it ended the one before it there, and what was durable in that one behind it was lost.
@Suite("spares") struct SpareTests {
    @Test func `a spare with a page of another rotation is not used as it is`() throws {
        var cuts = 0
        for seed in 1...60 {
            var cut = 1
            while try run(seed: UInt64(seed), cut: cut) { cut += 1 }
            cuts += cut
        }
        #expect(cuts > 600)
    }

    /// False where the compaction came to its end before the cut.
    private func run(seed: UInt64, cut: Int) throws -> Bool {
        let machine = SimulatedMachine(seed: seed)
        let journal = try machine.open()
        for number in 0..<7 { try journal.put(Key("/a/\(number)"), [UInt8](repeating: 1, count: 900), .durable) }
        machine.faultAt = machine.operations + cut
        do throws(JournalError) { try journal.compact(to: journal.revision()) } catch {}
        guard machine.isFaultMet else { return false }
        machine.killProcess()
        let next = try machine.open()
        for number in 0..<3 { try next.put(Key("/d/\(number)"), [UInt8(number)], .durable) }
        for _ in 0..<3 { try next.put("/b", [UInt8](repeating: 2, count: 2500), .volatile) }
        machine.cutPower(keeping: .anything)
        let found = try machine.open()
        #expect(try found.gaps() == [], "seed \(seed), cut \(cut)")
        let count = try found.range(RangeRequest(.prefix("/d/"), countOnly: true)).count
        #expect(count == 3, "seed \(seed), cut \(cut): \(count) of 3 durable puts are left")
        return true
    }
}
