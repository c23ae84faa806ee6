import LinuxKernel
import LinuxTypes
import Testing

@testable import Journal

/// One index for all processes: who opens reads no log, who reads sees what others write, and who writes keeps it true.
@Suite("the shared index") struct SharedIndexTests {
    private let machine = SimulatedMachine(seed: 21)

    private func filled(_ keys: Int = 40) throws -> Journal {
        let journal = try machine.open()
        for number in 0..<(keys * 3) {
            try journal.put(
                Key("/k\(number % keys)"), [UInt8](repeating: UInt8(number & 0xff), count: number * 31 % 900), .volatile)
        }
        return journal
    }

    /// Operations of the disk that a body does.
    private func operations(_ body: () throws -> Void) rethrows -> Int {
        machine.countsReads = true
        let before = machine.operations
        try body()
        machine.countsReads = false
        return machine.operations - before
    }

    @Test func `who opens after another reads no log, and who reads asks the disk for nothing`() throws {
        let writer = try filled()
        #expect(writer.index.isShared)
        var second: Journal?
        let opening = try operations { second = try machine.open { $0.isWritable = false } }
        let reader = try #require(second)
        #expect(opening < 20, "\(opening) calls")
        #expect(reader.log.chain.segments.isEmpty, "nothing of the log was read")
        var found = 0
        let reading = try operations {
            for number in 0..<40 where try reader.value(of: Key("/k\(number)")) != nil { found += 1 }
            found += try reader.range(RangeRequest(.all)).count
            if try reader.value(of: "/none") != nil { found += 1 }
        }
        #expect(found == 80)
        #expect(reading == 0, "\(reading) calls")
        #expect(try reader.state() == writer.state())
        // What is old or long is read from its segment.
        #expect(try reader.value(of: "/k1", at: 3)?.value == [UInt8](repeating: 1, count: 31))
        try writer.put("/long", [UInt8](repeating: 7, count: 5000), .volatile)
        #expect(try reader.value(of: "/long")?.value.count == 5000)
    }

    @Test func `each sees at once what the other writes, deletes and compacts`() throws {
        let first = try filled()
        let second = try machine.open()
        #expect(first.index.generation == second.index.generation)
        for number in 0..<60 {
            let (writer, reader) = number % 2 == 0 ? (first, second) : (second, first)
            let revision = try writer.put(Key("/both/\(number % 7)"), [UInt8(number)], number % 9 == 0 ? .durable : .volatile)
            #expect(try reader.value(of: Key("/both/\(number % 7)"))?.modRevision == revision)
            if number % 11 == 0 {
                try writer.delete(.key(Key("/k\(number % 40)")), .volatile)
                #expect(try reader.value(of: Key("/k\(number % 40)")) == nil)
            }
            if number % 20 == 19 {
                try writer.compact(to: writer.revision())
                let compacted = try reader.revision()
                #expect(throws: JournalError.compacted(compacted)) { try reader.value(of: "/k1", at: 3) }
            }
            #expect(try first.state() == second.state())
        }
        #expect(try machine.open { $0.sharesIndex = false }.state() == first.state())
        #expect(try first.check() == [])
    }

    @Test func `a snapshot stays what it was while others write`() throws {
        let writer = try filled()
        let reader = try machine.open { $0.isWritable = false }
        let revision = try reader.revision()
        let before = try reader.state()
        for number in 0..<200 {
            try writer.put(Key("/k\(number % 60)"), [UInt8](repeating: 9, count: number * 7 % 700), .volatile)
            if number % 20 == 0 { try writer.delete(.prefix(Key("/k\(number % 9)")), .volatile) }
            #expect(try reader.state(at: revision) == before)
        }
    }

    @Test func `an index that lags behind, belongs elsewhere or cannot be read is made anew`() throws {
        let journal = try filled(5)
        let name = IndexFormat.name(journal.log.store)
        let inode = try #require(machine.run.names[name])
        let stale = inode.current
        for number in 0..<5 { try journal.put("/later", [UInt8(number)], .volatile) }
        let state = try journal.state()
        let other = try #require(try SimulatedMachine(seed: 3).openedIndex())
        for (what, bytes) in [
            ("stale", stale), ("of another store", other), ("empty", []), ("of zeros", [UInt8](repeating: 0, count: 8192)),
        ] {
            let planted = Inode()
            planted.current = bytes
            machine.run.names[name] = planted
            let reader = try machine.open { $0.isWritable = false }
            #expect(try reader.state() == state, "\(what), read only")
            let writer = try machine.open()
            #expect(try writer.state() == state, "\(what)")
            try writer.put("/after", Array(what.utf8), .volatile)
            #expect(writer.index.isShared, "\(what)")
            #expect(try reader.value(of: "/after")?.value == Array(what.utf8), "\(what)")
            try writer.delete(.key("/after"), .volatile)
        }
    }

    @Test func `with no space for the index everybody reads for himself, and nobody misses anything`() throws {
        let writer = try filled()
        let reader = try machine.open { $0.isWritable = false }
        machine.run.capacity = machine.run.used
        for number in 0..<900 {
            try writer.put(Key("/full/\(number)"), [UInt8](repeating: 1, count: 500), .volatile)
            if number % 50 == 0 { #expect(try reader.value(of: Key("/full/\(number)")) != nil) }
        }
        #expect(!writer.index.isShared)
        #expect(try reader.state() == writer.state())
        #expect(try machine.open().state() == writer.state())
        // With space again the next segment brings an index again.
        machine.run.capacity = .max
        for number in 0..<60 { try writer.put("/again", [UInt8](repeating: UInt8(number), count: 900), .volatile) }
        #expect(writer.index.isShared)
        #expect(try reader.value(of: "/again")?.value.first == 59)
    }

    @Test func `another generation takes over under readers and writers`() throws {
        let writer = try filled()
        let second = try machine.open()
        let reader = try machine.open { $0.isWritable = false }
        let watch = try reader.watch(.prefix("/watched"))
        var changes = 0
        for round in 0..<6 {
            let generation = reader.index.generation
            for number in 0..<1500 {
                try writer.put(Key("/k\(number % 40)"), [UInt8](repeating: UInt8(round), count: 600), .volatile)
            }
            #expect(try reader.value(of: "/k1")?.value.first == UInt8(round))
            let revision = try second.put("/watched", [UInt8(round)], .volatile)
            #expect(try watch.poll().events.map(\.keyValue.modRevision) == [revision])
            try second.compact(to: revision)
            let expected = try machine.open { $0.sharesIndex = false }.state()
            #expect(try reader.state() == expected, "round \(round)")
            #expect(try writer.state() == expected, "round \(round)")
            if reader.index.generation != generation { changes += 1 }
            #expect(reader.index.isShared && writer.index.isShared && second.index.isShared)
            #expect(try watch.poll().events.isEmpty)
        }
        #expect(changes > 0)
        #expect(machine.run.names[IndexFormat.name(writer.log.store)].map { $0.size < 1 << 20 } ?? false)
    }

    @Test func `damage after the index was made is found by a check and accepted by a repair`() throws {
        let journal = try filled()
        try journal.put("/synced", [1], .durable)
        let name = try #require(machine.store.names.keys.filter { $0.hasPrefix("segment") }.sorted().dropFirst().first)
        let inode = try #require(machine.store.names[name])
        inode.current[4096 + 80] ^= 0xff
        #expect(try journal.gaps().isEmpty)
        #expect(try journal.check().contains { $0.isDamage })
        #expect(try !journal.repair().isEmpty)
        #expect(!journal.index.isShared)
        #expect(try machine.open().state() == journal.state())
    }
}

extension SimulatedMachine {
    /// The index of a store that was filled a little.
    func openedIndex() throws -> [UInt8]? {
        let journal = try open()
        for number in 0..<20 { try journal.put(Key("/k\(number)"), [1], .volatile) }
        return run.names[IndexFormat.name(journal.log.store)]?.current
    }
}
