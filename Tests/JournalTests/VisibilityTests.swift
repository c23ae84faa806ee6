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

    /// Readers of every kind look one after the other, in any order, wherever a writer may be stopped.
    @Test func `whoever looks later sees no less, whatever a writer is at, and where he is killed at it`() throws {
        var looks = 0
        var kills = 0
        for seed in 1...8 {
            let crowd = try Crowd(seed: UInt64(seed))
            for _ in 0..<150 { try crowd.work() }
            #expect(crowd.complaints.isEmpty, "seed \(seed): \(crowd.complaints[0])")
            looks += crowd.looks
            kills += crowd.kills
        }
        #expect(looks > 5000 && kills > 10, "\(looks) looks, \(kills) kills")
    }
}

/// A writer, and others who look whenever he does something.
private final class Crowd {
    private let machine: SimulatedMachine
    private var generator: SeededGenerator
    private var writer: Journal
    private var readers: [(name: String, journal: Journal)] = []
    /// The last revision that anybody saw.
    private var seen: Revision = 0
    /// A hash of what was there at each revision that somebody looked at whole.
    private var contents: [Revision: Int] = [:]
    private(set) var looks = 0
    private(set) var kills = 0
    private(set) var complaints: [String] = []

    init(seed: UInt64) throws {
        machine = SimulatedMachine(seed: seed)
        generator = SeededGenerator(seed: seed)
        writer = try machine.open()
        try writer.put("/0", [], .volatile)
        readers = [
            ("another writer", try machine.open()), ("a reader", try machine.open { $0.isWritable = false }),
            ("a writer with an index of his own", try machine.open { $0.sharesIndex = false }),
            (
                "a reader with an index of his own",
                try machine.open {
                    $0.isWritable = false
                    $0.sharesIndex = false
                }
            ),
        ]
    }

    private func chance(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &generator) == 0 }

    private func look() throws {
        var readers = readers
        if chance(3) { readers.append(("who opens the store", try machine.open { $0.isWritable = false })) }
        if chance(20), self.readers.count < 7 { self.readers.append(("who opened it at some step", try machine.open())) }
        for (name, reader) in readers.shuffled(using: &generator) {
            let revision = try reader.revision()
            looks += 1
            if revision < seen { complaints.append("\(name) saw \(revision), after somebody had seen \(seen)") }
            seen = max(seen, revision)
            if chance(40) { try compare(reader, name) }
        }
    }

    /// Whoever looks at one revision sees the same.
    private func compare(_ reader: Journal, _ name: String) throws {
        let answer = try reader.range(RangeRequest(.all))
        let found = answer.keyValues.hashValue
        if (contents.updateValue(found, forKey: answer.revision) ?? found) != found {
            complaints.append("\(name) found other keys at \(answer.revision) than somebody before")
        }
        if answer.revision < seen { complaints.append("\(name) looked at \(answer.revision), after somebody had seen \(seen)") }
    }

    /// One thing that a writer does, or begins.
    func work() throws {
        machine.whenStepping = { [unowned self] in
            do { try look() } catch { complaints.append("\(error)") }
            if chance(500) { machine.end() }
        }
        do throws(JournalError) {
            let key = Key("/\(Int.random(in: 0..<200, using: &generator))")
            let durability: Durability = chance(5) ? .durable : .volatile
            if chance(20) {
                try writer.compact(keeping: Revision.random(in: 0..<60, using: &generator))
            } else {
                try writer.put(key, [UInt8](repeating: 7, count: chance(2) ? 4000 : 9), durability)
            }
        } catch {
            if !machine.isDead { throw error }
        }
        machine.whenStepping = nil
        if machine.isDead {
            kills += 1
            machine.killProcess()
            try look()
            // Who writes next is one of those who saw it happen, or comes later.
            let heir = readers.firstIndex { $0.name.hasPrefix("who opened") }
            writer = try heir.map { readers.remove(at: $0).journal } ?? machine.open()
        }
        try look()
    }
}
