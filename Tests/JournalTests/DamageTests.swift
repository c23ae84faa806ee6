import LinuxTypes
import Testing

@testable import Journal

/// The disk keeps its promise and later changes its mind: bits flip, files are cut, vanish, change places. The store opens with everything that can be
/// read, says what cannot, and never passes off one thing for another.
@Suite("damage") struct DamageTests {
    /// A small store over three segments, all of it on the disk.
    private static func store() throws -> (machine: SimulatedMachine, model: Model) {
        let machine = SimulatedMachine(seed: 7)
        let journal = try machine.open { $0.segmentSize = 4096 + 640 }
        var model = Model()
        for number in 0..<9 {
            let operations: [Operation] = [
                .put(Key("/k\(number % 4)"), value: Array("value \(number)".utf8)), .put("/both", value: [UInt8(number)]),
            ]
            let answer = try journal.commit(Transaction(then: operations), .durable)
            model.commit(operations, revision: answer.revision, isDurable: true)
        }
        // Everything is on the disk, also how far the store was synced: the last record of all is then not taken for a torn one.
        machine.cutPower(keeping: .everything)
        return (machine, model)
    }

    /// Each key at each revision is right, marked, or the read says what is missing.
    private static func expectHonest(_ machine: SimulatedMachine, _ model: Model, _ context: String) throws {
        let journal: Journal
        do throws(JournalError) {
            journal = try machine.open { $0.isWritable = false }
        } catch {
            // Identity and all segments gone at once is the one thing that cannot be opened.
            guard case .notAJournal = error else { throw error }
            return
        }
        let findings = try journal.check()
        let current = try journal.revision()
        for step in model.steps {
            guard let revision = step.revision, revision <= current else {
                #expect(findings.contains { $0.isDamage }, "\(context): the end is missing and nobody says so")
                continue
            }
            let answer = try journal.range(RangeRequest(.all, at: revision))
            let found = Dictionary(uniqueKeysWithValues: answer.keyValues.map { ($0.key, $0) })
            for (key, expected) in step.state {
                let isRight = found[key].map { $0.value == expected.value && $0.modRevision == expected.mod } ?? false
                let isMarked = found[key]?.isValueDamaged == true || !answer.gaps.isEmpty
                #expect(isRight || isMarked, "\(context): '\(key)' at revision \(revision) is wrong and not marked")
            }
            #expect(found.count == step.state.count || !answer.gaps.isEmpty, "\(context): revision \(revision)")
        }
    }

    @Test func `each single bit of a small store may flip`() throws {
        let (machine, model) = try Self.store()
        try Self.expectHonest(machine, model, "untouched")
        #expect(try machine.open { $0.isWritable = false }.check() == [])
        var flips = 0
        for (name, inode) in machine.store.names.sorted(by: { $0.key < $1.key })
        where name.hasPrefix("segment") || name == "control" {
            for at in inode.current.indices where Self.isWorthFlipping(name, at, inode.current) {
                for bit in 0..<8 {
                    inode.current[at] ^= 1 << bit
                    try Self.expectHonest(machine, model, "\(name) byte \(at) bit \(bit)")
                    inode.current[at] ^= 1 << bit
                    flips += 1
                }
            }
        }
        print("➜ \(flips) flipped bits")
        #expect(flips > 10_000)
    }

    /// All that is written, and of the empty rest every 61st byte.
    private static func isWorthFlipping(_ name: String, _ at: Int, _ bytes: [UInt8]) -> Bool {
        if at % 61 == 0 { return true }
        if name == "control" { return at % 4096 < 72 }
        return at < 136 || at >= 4096 && bytes[at...].prefix(64).contains { $0 != 0 }
    }

    @Test func `every file may be cut short anywhere`() throws {
        let (machine, model) = try Self.store()
        for (name, inode) in machine.store.names.sorted(by: { $0.key < $1.key }) where name.hasPrefix("segment") {
            let whole = inode.current
            for length in 0..<whole.count where length < 140 || length >= 4090 {
                inode.current = Array(whole[..<length])
                try Self.expectHonest(machine, model, "\(name) cut to \(length)")
            }
            inode.current = whole + [UInt8](repeating: 0xa5, count: 777)
            try Self.expectHonest(machine, model, "\(name) with garbage behind")
            inode.current = whole
        }
    }

    @Test func `segments may be missing, swapped or of another store`() throws {
        let (machine, model) = try Self.store()
        let (other, _) = try Self.store()
        let names = machine.store.names.keys.filter { $0.hasPrefix("segment") }.sorted()
        #expect(names.count >= 3)
        for name in names {
            let inode = machine.store.names[name]
            machine.store.names[name] = nil
            try Self.expectHonest(machine, model, "\(name) missing")
            machine.store.names[name] = other.store.names[name]
            try Self.expectHonest(machine, model, "\(name) of another store")
            machine.store.names[name] = inode
            for second in names where second != name {
                machine.store.names[name] = machine.store.names[second]
                machine.store.names[second] = inode
                try Self.expectHonest(machine, model, "\(name) and \(second) swapped")
                machine.store.names[second] = machine.store.names[name]
                machine.store.names[name] = inode
            }
        }
        try Self.expectHonest(machine, model, "as it was")
    }

    @Test func `without its control file a store can be read, and written after a repair`() throws {
        let (machine, model) = try Self.store()
        machine.store.names["control"] = nil
        let journal = try machine.open()
        #expect(try journal.state() == model.state)
        #expect(throws: JournalError.controlDamaged) { try journal.put("/x", [1], .durable) }
        try journal.repair()
        let again = try machine.open()
        #expect(try again.put("/x", [1], .durable) > model.highestRevision)
        #expect(try again.state().count == model.state.count + 1)
    }

    @Test func `a gap is marked until it is accepted, and what was written after it is not`() throws {
        let (machine, model) = try Self.store()
        let inode = try #require(machine.store.names["segment-0000000000000002"])
        inode.current[4096 + 80] ^= 0xff
        let journal = try machine.open()
        let gaps = try journal.gaps()
        #expect(gaps.count == 1)
        let gap = try #require(gaps.first)
        #expect(gap.first == gap.last)
        #expect(try !journal.range(RangeRequest(.all)).gaps.isEmpty)
        #expect(try journal.range(RangeRequest(.key("/both"))).gaps.isEmpty, "written again after the gap")
        #expect(try journal.range(RangeRequest(.all, at: gap.first - 1)).gaps.isEmpty, "read before the gap")
        #expect(try journal.range(RangeRequest(.key("/never"))).gaps == gaps, "a key that the gap may have held")
        #expect(try journal.repair() == gaps)
        #expect(try journal.range(RangeRequest(.all)).gaps.isEmpty)
        machine.cutPower(keeping: .nothing)
        let again = try machine.open()
        #expect(try again.gaps().isEmpty)
        #expect(try again.state()["/both"] == model.state["/both"])
    }

    @Test func `without the hint of the watermark the records themselves tell damage from a torn tail`() throws {
        let (machine, model) = try Self.store()
        let control = try #require(machine.store.names["control"])
        control.current.replaceSubrange((3 * 4096)..., with: [UInt8](repeating: 0, count: control.current.count - 3 * 4096))
        for name in ["segment-0000000000000001", "segment-0000000000000002"] {
            let inode = try #require(machine.store.names[name])
            inode.current[4096 + 90] ^= 1
            let journal = try machine.open { $0.isWritable = false }
            #expect(try journal.gaps().count == 1, "\(name)")
            #expect(try journal.revision() == model.highestRevision, "\(name): what stands behind the damage is gone")
            inode.current[4096 + 90] ^= 1
        }
    }

    @Test func `a damaged value is one key's matter`() throws {
        let (machine, model) = try Self.store()
        let inode = try #require(machine.store.names["segment-0000000000000003"])
        let value = Array("value 7".utf8)
        let at = try #require((0..<(inode.current.count - 7)).first { Array(inode.current[$0..<($0 + 7)]) == value })
        inode.current[at] ^= 4
        let journal = try machine.open()
        #expect(try journal.gaps().isEmpty)
        let found = try journal.range(RangeRequest(.all)).keyValues
        #expect(found.filter(\.isValueDamaged).map(\.key) == ["/k3"])
        let revision = try #require(found.first(where: \.isValueDamaged)?.modRevision)
        #expect(throws: JournalError.valueDamaged("/k3", revision), "it would be as good as new") {
            try journal.commit(Transaction(then: [.put("/k3", value: [], keeping: .value)]), .volatile)
        }
        #expect(found.count == model.state.count)
        #expect(throws: JournalError.self) { try journal.value(of: "/k3") }
        #expect(try journal.check().filter(\.isDamage).count == 1)
        try journal.put("/k3", [9], .durable)
        #expect(try journal.value(of: "/k3")?.value == [9])
    }

    @Test func `a newer major version is refused and not touched`() throws {
        let (machine, _) = try Self.store()
        let control = try #require(machine.store.names["control"])
        var page = Array(control.current[..<64])
        page.store(UInt16(2), at: 8)
        page.store(DamageTests.checksum(page, 64), at: 12)
        control.current.replaceSubrange(0..<64, with: page)
        let before = machine.store.names.mapValues(\.current)
        #expect(throws: JournalError.newerFormat(FormatVersion(major: 2, minor: 1))) { try machine.open() }
        #expect(machine.store.names.mapValues(\.current) == before)
    }

    static func checksum(_ page: [UInt8], _ count: Int) -> UInt32 {
        page.withUnsafeBytes { Checksums.of($0, from: 16, to: count, after: 12) }
    }
}
