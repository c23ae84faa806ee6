import Testing

@testable import Journal

/// A writer that dies after its record is written and before the shared header says so.
///
/// Whoever opened the store then saw the transaction, and whoever had it open did not, until somebody wrote again: for those two time ran backwards. The
/// soak found it, between a reader that was behind and one that was not.
@Suite("visibility") struct VisibilityTests {
    @Test func `nobody sees a transaction before others who look later`() throws {
        var counts: [Revision: Int] = [:]
        // The first call writes the record, the second the tail; each in part, by the seed.
        for seed in 1...80 {
            let machine = SimulatedMachine(seed: UInt64(seed))
            let writer = try machine.open()
            for number in 0..<3 { try writer.put("/a", [UInt8(number)], .volatile) }
            let before = try writer.revision()
            let open = try machine.open()
            machine.faultAt = machine.operations + 1 + seed % 2
            do throws(JournalError) { try writer.put("/a", [9], .volatile) } catch {}
            machine.killProcess()
            var seen = [before, try open.revision()]
            let reader = try machine.open { $0.isWritable = false }
            seen += [try reader.revision(), try open.revision(), try reader.revision()]
            // The next who may write tells all.
            let next = try machine.open()
            seen += [try next.revision(), try open.revision(), try reader.revision()]
            #expect(seen == seen.sorted(), "seed \(seed): \(seen)")
            #expect(seen[5] == seen[6] && seen[6] == seen[7], "seed \(seed): \(seen)")
            // One who only looks, and changes nothing, is a witness as well.
            let transaction = Transaction(if: [.isAbsent("/a")], then: [.put("/b", value: [])])
            let answer = try next.commit(transaction, .volatile)
            #expect(try reader.revision() == answer.revision)
            counts[answer.revision, default: 0] += 1
        }
        #expect(counts.count == 2, "before the record and after it: \(counts)")
    }
}
