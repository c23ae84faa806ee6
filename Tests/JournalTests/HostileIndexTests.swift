import LinuxTypes
import Testing

@testable import Journal

/// The index is a file, and anything may stand in it. Nothing that does may end a process or be taken for what it is not.
@Suite("a damaged index") struct HostileIndexTests {
    private let machine = SimulatedMachine(seed: 31)

    private func store() throws -> (state: Model.State, old: Model.State, revision: Revision, index: Inode, used: Int) {
        let journal = try machine.open()
        for number in 0..<14 { try journal.put(Key("/k\(number % 6)"), Array("value \(number)".utf8), .volatile) }
        let revision = try journal.revision()
        let old = try journal.state()
        try journal.delete(.key("/k2"), .volatile)
        try journal.put("/k1", [UInt8](repeating: 5, count: 100), .durable)
        let inode = try #require(machine.run.names[IndexFormat.name(journal.log.store)])
        return (try journal.state(), old, revision, inode, journal.index.used)
    }

    /// All ways to read, by one who opens now: right, or not at all.
    private func expectRight(
        _ store: (state: Model.State, old: Model.State, revision: Revision, index: Inode, used: Int), writable: Bool,
        _ context: @autoclosure () -> String
    ) throws {
        let journal = try machine.open { $0.isWritable = writable }
        let isRight = try journal.state() == store.state && journal.state(at: store.revision) == store.old
        #expect(isRight, "\(context())")
        for (key, value) in store.state { #expect(try journal.value(of: key)?.value == value.value, "\(context())") }
        #expect(try journal.value(of: "/k2") == nil && journal.value(of: "/none") == nil, "\(context())")
        #expect(try journal.range(RangeRequest(.prefix("/k"), countOnly: true)).count == store.state.count, "\(context())")
    }

    @Test func `each single bit may flip before it is opened`() throws {
        let store = try store()
        let whole = Array(store.index.current[..<store.used])
        var flips = 0
        for at in whole.indices where whole[at...].prefix(16).contains(where: { $0 != 0 }) || at % 61 == 0 {
            for bit in 0..<8 {
                var bytes = whole
                bytes[at] ^= 1 << bit
                try plant(store.index, bytes)
                try expectRight(store, writable: false, "byte \(at) bit \(bit)")
                flips += 1
            }
        }
        print("➜ \(flips) flipped bits of an index")
        #expect(flips > 15_000)
    }

    @Test func `and under a process that has it open, which then goes on writing`() throws {
        let store = try store()
        let whole = store.index.current
        var generator = SeededGenerator(seed: 4)
        for round in 0..<3000 {
            try plant(store.index, whole)
            let journal = try machine.open()
            let at = Int.random(in: 0..<store.used, using: &generator)
            try #require(store.index.mapped).base.storeBytes(
                of: UInt8.random(in: 0...255, using: &generator), toByteOffset: at, as: UInt8.self)
            let isRight = try journal.state() == store.state && journal.state(at: store.revision) == store.old
            #expect(isRight, "byte \(at), round \(round)")
            try expectRight(store, writable: true, "byte \(at), round \(round)")
        }
        // What was written into damage is right as well.
        for round in 0..<1000 {
            let journal = try machine.open()
            let inode = try #require(machine.run.names[IndexFormat.name(journal.log.store)])
            let at = Int.random(in: 0..<store.used, using: &generator)
            inode.mapped?.base.storeBytes(of: UInt8.random(in: 0...255, using: &generator), toByteOffset: at, as: UInt8.self)
            let key = Key("/k\(Int.random(in: 0..<6, using: &generator))")
            try journal.put(key, [UInt8(round & 0xff), UInt8(round >> 8)], .volatile)
            #expect(try journal.value(of: key)?.value == [UInt8(round & 0xff), UInt8(round >> 8)], "byte \(at), round \(round)")
            let expected = try machine.open { $0.sharesIndex = false }.state()
            let found = try journal.state()
            #expect(found == expected, "byte \(at), round \(round)")
            let again = try machine.open().state()
            #expect(again == expected, "byte \(at), round \(round)")
            if round % 40 == 39 { try journal.compact(to: journal.revision()) }
        }
    }

    @Test func `it may be cut anywhere, or be anything`() throws {
        let store = try store()
        let whole = store.index.current
        var generator = SeededGenerator(seed: 5)
        for length in stride(from: 0, to: store.used, by: 3) {
            try plant(store.index, Array(whole[..<length]))
            try expectRight(store, writable: false, "cut to \(length)")
        }
        for hole in stride(from: 0, to: store.used, by: 64) {
            var bytes = whole
            for at in hole..<min(hole + 512, bytes.count) { bytes[at] = 0 }
            try plant(store.index, bytes)
            try expectRight(store, writable: false, "zeros from \(hole)")
        }
        for round in 0..<300 {
            var bytes = whole
            // The start is right, so that it is taken for an index.
            for at in 64..<bytes.count where Int.random(in: 0..<(1 + round), using: &generator) == 0 {
                bytes[at] = UInt8.random(in: 0...255, using: &generator)
            }
            try plant(store.index, bytes)
            try expectRight(store, writable: round % 2 == 0, "random bytes, round \(round)")
        }
    }

    /// A file of these bytes in the place of the index.
    private func plant(_ index: Inode, _ bytes: [UInt8]) throws {
        let name = try #require(machine.run.names.keys.first { $0.hasSuffix(".index") })
        index.current = bytes
        machine.run.names[name] = index
    }
}
