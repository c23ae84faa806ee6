import Foundation
import Testing

@testable import Journal

/// The bytes of the format, as files: what an older Hull wrote must be read, and what this one writes must be what it was. `HULL_WRITE_GOLDEN=1` writes
/// the files anew, for a change that is meant.
@Suite("golden files") struct GoldenTests {
    private static let store = Identifier(first: 0x1111_2222_3333_4444, second: 0x5555_6666_7777_8888)
    private static let boot = Identifier(first: 0xaaaa_bbbb_cccc_dddd, second: 0xeeee_ffff_0000_1111)
    private static let time: Int64 = 1_790_000_000_123_456_789

    private static func header(_ kind: RecordKind, durable: Bool = true, _ revision: Revision) -> RecordHeader {
        RecordHeader(kind: kind, isDurable: durable, revision: revision, boot: boot, time: time)
    }

    /// One record of each kind that there is, and one of a kind that there is not.
    private static var records: [Record] {
        let a = Entry(key: Array("/a".utf8), value: Array("one".utf8), createRevision: 2, version: 1, modRevision: 2)
        let b = Entry(key: Array("/b".utf8), value: [], createRevision: 2, version: 1, modRevision: 2, lease: 7)
        let again = Entry(key: Array("/a".utf8), value: Array("two".utf8), createRevision: 2, version: 2, modRevision: 3)
        let gone = Entry(isDelete: true, key: Array("/b".utf8), modRevision: 3)
        let lost = Entry(isValueLost: true, key: Array("/c".utf8), createRevision: 1, version: 1, modRevision: 1)
        return [
            Record(header(.transaction, 2), entries: [a, b]),
            Record(header(.transaction, durable: false, 3), entries: [again, gone]),
            Record(header(.carry, 3), entries: [lost]),
            Record(
                header(RecordKind(rawValue: 200), 3), keysPart: Array("of a newer program".utf8), rest: [1, 2, 3], entryCount: 1),
            Record(header(.compaction, 3), keysPart: Journal.bytes(2)),
            Record(header(.repair, 3), keysPart: Journal.bytes(8, 16)),
        ]
    }

    private static func segment(_ records: [Record]) -> [UInt8] {
        let header = SegmentHeader(
            store: store, number: 1, previous: 0, base: 0, capacity: 8192, revision: 1, compacted: 0, boot: boot, time: time)
        var bytes = header.bytes
        for var record in records {
            record.seal(store: store, position: UInt64(bytes.count - SegmentHeader.size), watermark: 24)
            bytes += record.bytes
        }
        return bytes + [UInt8](repeating: 0, count: 8192 - bytes.count)
    }

    /// Two leases, a key on each, one put off and one ended with its key.
    private static var leases: [UInt8] {
        var table = LeaseTable(boot: boot)
        func put(_ revision: Revision, _ version: Int64) -> Entry {
            Entry(
                key: OwnKeys.table, value: table.bytes(at: revision), createRevision: 2, version: version, modRevision: revision)
        }
        func hold(_ key: String, _ lease: LeaseID, _ revision: Revision) -> [Entry] {
            let key = Array(key.utf8)
            return [
                Entry(key: key, value: [0x31], createRevision: revision, version: 1, modRevision: revision, lease: lease),
                Entry(key: OwnKeys.attachment(of: key, to: lease), createRevision: revision, version: 1, modRevision: revision),
            ]
        }
        table.rows = [.deadline(milliseconds: 60_000, from: 1_000_000)]
        var records = [Record(header(.transaction, durable: false, 2), entries: [put(2, 1)])]
        table.rows[0].id = 2
        table.rows.append(.process(4711, startTime: 123_456, namespace: 4_026_531_836))
        records.append(Record(header(.transaction, durable: false, 3), entries: [put(3, 2)]))
        table.rows[1].id = 3
        records.append(Record(header(.transaction, durable: false, 4), entries: hold("/a", 2, 4)))
        records.append(Record(header(.transaction, 5), entries: hold("/b", 3, 5)))
        table.rows[0].end += 30_000
        records.append(Record(header(.transaction, durable: false, 6), entries: [put(6, 3)]))
        table.rows.remove(at: 1)
        let gone = [Array("/b".utf8), OwnKeys.attachment(of: Array("/b".utf8), to: 3)]
        let entries = gone.map { Entry(isDelete: true, key: $0, modRevision: 7) } + [put(7, 4)]
        records.append(Record(header(.transaction, durable: false, 7), entries: entries))
        return segment(records)
    }

    private static var control: [UInt8] {
        let older = ControlFile.State(sequence: 1, reserved: 9, firstSegment: 1, boot: boot, lastSegment: 1)
        let newer = ControlFile.State(sequence: 2, reserved: 17, firstSegment: 1, boot: boot, lastSegment: 1)
        return ControlFile.identityPage(store: store, time: time) + ControlFile.statePage(newer) + ControlFile.statePage(older)
            + ControlFile.watermarkPage(24)
    }

    private static var shared: [UInt8] {
        var header = SharedHeader()
        for word in SharedHeader.Word.allCases { header[word] = UInt64(word.rawValue + 1) * 0x0101 }
        return header.bytes(store: store, boot: boot)
    }

    @Test(arguments: ["segment", "control", "shared", "leases"])
    func `what is written is what it was`(name: String) throws {
        let all = ["segment": Self.segment(Self.records), "control": Self.control, "shared": Self.shared, "leases": Self.leases]
        let bytes = all[name] ?? []
        let path = Self.path(name)
        if ProcessInfo.processInfo.environment["HULL_WRITE_GOLDEN"] != nil {
            try Self.dump(bytes).write(toFile: path, atomically: true, encoding: .utf8)
        }
        #expect(try Self.dump(bytes) == String(contentsOfFile: path, encoding: .utf8))
    }

    @Test func `a shared header of an older program is read`() throws {
        let bytes = Self.shared
        for count in [192, 224, 288, 304] {
            let header = try #require(
                bytes.withUnsafeBytes {
                    SharedHeader(UnsafeRawBufferPointer(rebasing: $0[..<count]), store: Self.store, boot: Self.boot)
                })
            #expect(header[.holderStart] == 8 * 0x0101)
            #expect(header[.stoppedSince] == (count > 192 ? 10 * 0x0101 : 0))
            #expect(header[.syncStoppedSince] == (count > 224 ? 14 * 0x0101 : 0))
            #expect(header[.kept] == (count > 288 ? 15 * 0x0101 : 0))
        }
        let torn = bytes.withUnsafeBytes {
            SharedHeader(UnsafeRawBufferPointer(rebasing: $0[..<200]), store: Self.store, boot: Self.boot)
        }
        #expect(torn == nil)
    }

    private static func machine(segment: String, control: String) throws -> SimulatedMachine {
        let machine = SimulatedMachine(seed: 1)
        for (name, file) in [(segment, SegmentName.string(1)), (control, "control")] {
            let inode = Inode()
            inode.write(0, try Self.load(name))
            inode.sync()
            machine.store.change(.link(file, inode))
        }
        machine.store.syncNames()
        return machine
    }

    @Test func `leases are read`() throws {
        let machine = try Self.machine(segment: "leases", control: "control")
        let journal = try machine.open()
        #expect(try journal.range(RangeRequest(.all)).keyValues.map(\.key) == ["/a"])
        let found = try #require(try journal.value(of: "/a"))
        #expect(found.lease == 2 && found.isLeaseExpired, "of another boot")
        #expect(try journal.value(of: "/b", at: 6)?.lease == 3)
        #expect(try journal.leases() == [Lease(id: 2, term: .time(milliseconds: 60_000), remaining: 0, isExpired: true)])
        #expect(try journal.keys(ofLease: 2) == ["/a"] && journal.keys(ofLease: 3) == [])
        #expect(try journal.leaseState(at: 6).count == 2)
        #expect(try journal.check() == [])
        let running = try #require(try machine.open { $0.isWritable = false }.leaseState(at: nil)[Model.key(2)])
        #expect(running.create == 1_090_000 && running.version == 60_000)
        try journal.put("/next", [1], .durable)
        #expect(try journal.range(RangeRequest(.all)).keyValues.map(\.key) == ["/next"])
    }

    @Test(arguments: ["-1.0", ""]) func `what an older program wrote is read`(version: String) throws {
        let machine = try Self.machine(segment: "segment" + version, control: "control" + version)
        let journal = try machine.open()
        #expect(try journal.revision() == 3)
        #expect(journal.compactedRevision == 2)
        let found = try journal.range(RangeRequest(.all)).keyValues
        #expect(found.map(\.key) == ["/a", "/c"])
        #expect(found.map(\.value) == [Array("two".utf8), []])
        #expect(found.map(\.version) == [2, 1])
        #expect(found[0].isVolatile && found[0].isFromEarlierBoot && !found[1].isVolatile && found[1].isValueDamaged)
        #expect(try journal.value(of: "/b", at: 2)?.lease == 7)
        #expect(try journal.put("/next", [1], .durable) == 18, "behind what was reserved")
        // A compaction takes the record of an unknown kind along.
        for number in 0..<12 { try journal.put("/fill", [UInt8](repeating: UInt8(number), count: 3000), .durable) }
        try journal.compact(to: journal.revision())
        #expect(machine.store.names[SegmentName.string(1)] == nil)
        let marks = machine.store.names.filter { $0.key.hasPrefix("segment") }.values.filter {
            String(decoding: $0.current, as: UTF8.self).contains("of a newer program")
        }
        #expect(marks.count == 1)
    }

    private static func path(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden/\(name).hex").path
    }

    /// Lines of an offset and 16 bytes; lines of zeros are left out, the last line is the length.
    private static func dump(_ bytes: [UInt8]) -> String {
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 16) {
            let line = bytes[start..<min(start + 16, bytes.count)]
            if line.allSatisfy({ $0 == 0 }) { continue }
            text += String(format: "%06x ", start) + line.map { String(format: " %02x", $0) }.joined() + "\n"
        }
        return text + String(format: "%06x\n", bytes.count)
    }

    private static func load(_ name: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for line in try String(contentsOfFile: path(name), encoding: .utf8).split(separator: "\n") {
            let words = line.split(separator: " ")
            let offset = try #require(Int(words[0], radix: 16))
            bytes += [UInt8](repeating: 0, count: offset - bytes.count)
            for word in words.dropFirst() { bytes.append(try #require(UInt8(word, radix: 16))) }
        }
        return bytes
    }
}
