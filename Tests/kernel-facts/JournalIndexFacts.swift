import Glibc
import Journal
import LinuxKernel
import LinuxTypes

// The journal's shared index between real processes, on a real tmpfs.

let journalIndexFacts = [
    Fact("journal-index-gives-whole-snapshots-while-others-write") {
        let place = try JournalPlace()
        let (directory, runDirectory) = (place.directory, place.runDirectory)
        try writePair(try place.open(), 0)
        var writers = ChildList()
        for writer in 0..<3 {
            try writers.start {
                let journal = try Journal.open(directory, runDirectory: runDirectory)
                for number in 0..<1500 {
                    try writePair(journal, number)
                    if number % 10 == 0 {
                        try journal.put(Key("/w/\(writer)/\(number % 90)"), [UInt8](repeating: 1, count: number), .volatile)
                    }
                    if writer == 0, number % 300 == 299 { try journal.compact(to: journal.revision()) }
                }
                return 0
            }
        }
        var readers = ChildList()
        for _ in 0..<3 {
            try readers.start {
                let journal = try Journal.open(directory, runDirectory: runDirectory, isWritable: false)
                var last: Revision = 0
                for _ in 0..<6000 {
                    let answer = try journal.range(RangeRequest(.prefix("/pair/")))
                    let found = answer.keyValues
                    guard found.count == 8, Set(found.map(\.value)).count == 1, Set(found.map(\.modRevision)).count == 1,
                        !found.contains(where: \.isValueDamaged), answer.revision >= last, found[0].modRevision >= last
                    else { return 1 }
                    last = found[0].modRevision
                }
                return 0
            }
        }
        try writers.expectSuccess()
        try readers.expectSuccess()
        try expectSame(place)
    },
    Fact("journal-index-outlives-killed-writers") {
        let place = try JournalPlace()
        let (directory, runDirectory) = (place.directory, place.runDirectory)
        let journal = try place.open()
        let reader = try Journal.open(directory, runDirectory: runDirectory, isWritable: false)
        for round in 0..<60 {
            let child = try Child {
                let journal = try Journal.open(directory, runDirectory: runDirectory)
                var number = 0
                while true {
                    try writePair(journal, number)
                    try journal.put(Key("/r/\(round)/\(number)"), [UInt8](repeating: 2, count: number % 3000), .volatile)
                    number += 1
                }
            }
            pause(microseconds: 3_000 + round * 7919 % 6000)
            try child.kill()
            let before = try reader.range(RangeRequest(.prefix("/pair/"))).keyValues
            try expect(Set(before.map(\.value)).count <= 1, "round \(round): half a transaction")
            let revision = try journal.put("/round", [UInt8(round)], .volatile)
            try expectEqual(try reader.value(of: "/round")?.modRevision, revision)
            if round % 20 == 19 { try journal.compact(to: revision) }
        }
        try expectSame(place)
    },
    Fact("journal-index-that-goes-is-made-again") {
        let place = try JournalPlace()
        let journal = try place.open()
        for number in 0..<300 { try journal.put(Key("/k\(number)"), [UInt8](repeating: 1, count: 300), .volatile) }
        let run = try FileDescriptor.workingDirectory.open(place.runDirectory.string, [.readOnly, .directory])
        let name = try run.descriptor.directoryEntries().first { $0.hasSuffix(".index") }
        guard let name else { throw Broken(description: "no index in the run directory") }
        try expectEqual(try run.descriptor.status(of: name).permissions, 0o600)
        try run.descriptor.unlink(name)
        let reader = try Journal.open(place.directory, runDirectory: place.runDirectory, isWritable: false)
        try expectEqual(try reader.range(RangeRequest(.all, countOnly: true)).count, 300)
        try expect(try !run.descriptor.directoryEntries().contains(name), "made by one who may not write")
        _ = try place.open()
        try expect(try run.descriptor.directoryEntries().contains(name), "not made by one who may")
    },
]

/// Eight keys that only ever change together.
private func writePair(_ journal: Journal, _ number: Int) throws(JournalError) {
    let value = [UInt8](repeating: UInt8(number & 0xff), count: 40 + number % 5 * 100)
    _ = try journal.commit(Transaction(then: (0..<8).map { .put(Key("/pair/\($0)"), value: value) }), .volatile)
}

/// Who reads the index sees what the log says.
private func expectSame(_ place: borrowing JournalPlace) throws {
    let found = try place.open().range(RangeRequest(.all))
    let run = try FileDescriptor.workingDirectory.open(place.runDirectory.string, [.readOnly, .directory])
    for name in try run.descriptor.directoryEntries() where name.hasSuffix(".index") { try run.descriptor.unlink(name) }
    let reader = try Journal.open(place.directory, runDirectory: place.runDirectory, isWritable: false)
    let expected = try reader.range(RangeRequest(.all))
    try expectEqual(found.keyValues.map(\.key), expected.keyValues.map(\.key))
    try expectEqual(found.keyValues.map(\.modRevision), expected.keyValues.map(\.modRevision))
    try expectEqual(found.keyValues.map(\.value), expected.keyValues.map(\.value))
    try expectEqual(try reader.check().filter(\.isDamage), [])
}
