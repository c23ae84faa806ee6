// `journal-bench DIRECTORY [KEYS REVISIONS [PART|all [LARGEST]]]`: what the journal costs on the file system of a directory, against what the disk itself costs there.
// Keys of 64 bytes, values of 1 KiB. Each line: median and 99th percentile of single calls, in microseconds.

import Glibc
import Journal
import LinuxKernel
import LinuxTypes

@main
enum Program {
    static func main() {
        do {
            let arguments = CommandLine.arguments
            guard arguments.count == 2 || arguments.count >= 4, let base = HostPath(arguments[1]) else {
                throw Failure(
                    description:
                        "usage: journal-bench DIRECTORY [KEYS REVISIONS [appender|single|volatile|crowd|rebuild|growth|all [LARGEST]]]"
                )
            }
            let keys = arguments.count > 2 ? Int(arguments[2]) ?? 0 : 10_000
            let revisions = arguments.count > 2 ? Int(arguments[3]) ?? 0 : 100_000
            func wants(_ part: String) -> Bool { arguments.count < 5 || arguments[4] == part || arguments[4] == "all" }
            let largest = arguments.count > 5 ? Int(arguments[5]) ?? 0 : 1_000_000
            // Order: first, in a process that is small.
            if wants("appender") { try appender(base) }
            if wants("single") { try single(base) }
            if arguments.count > 4, arguments[4] == "volatile" { try volatile(base) }
            if wants("crowd") {
                try crowd(base, writers: 1)
                try crowd(base, writers: 64)
            }
            if wants("rebuild") { try rebuild(base, keys: keys, revisions: revisions) }
            if wants("growth") {
                for keys in [1000, 10_000, 100_000, 1_000_000] where keys <= largest { try growth(base, keys) }
            }
        } catch {
            print("journal-bench: \(error)")
            fflush(nil)
            exitImmediately(1)
        }
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static let value = [UInt8](repeating: 0x61, count: 1024)

    static func key(_ number: Int) -> Key {
        let digits = String(number)
        return Key("/bench/" + String(repeating: "0", count: 57 - digits.utf8.count) + digits)
    }

    /// One process, alone.
    private static func single(_ base: HostPath) throws {
        let disk = base.appending("bare")
        let file = try FileDescriptor.workingDirectory.open(disk.string, [.readWrite, .create, .exclusive])
        let block = [UInt8](repeating: 0, count: 4 << 20)
        try file.descriptor.writeAll(block)
        try file.descriptor.synchronizeContents()
        let bare = file.descriptor
        let record = [UInt8](repeating: 0, count: 1216)
        let place = try Place(base)
        let journal = try place.open()
        try journal.put("/first", value, .durable)
        let keys = (0..<5000).map { key($0) }
        // By turns: a disk is twice as slow from one second to the next.
        var bareTimes: [Int64] = []
        var putTimes: [Int64] = []
        for number in 0..<1000 {
            let start = monotonicNanoseconds()
            try bare.rewind()
            try bare.writeAll(record)
            try bare.synchronizeContents()
            let middle = monotonicNanoseconds()
            try journal.put(keys[number], value, .durable)
            bareTimes.append(middle - start)
            putTimes.append(monotonicNanoseconds() - middle)
        }
        try FileDescriptor.workingDirectory.unlink(disk.string)
        report("bare overwrite of 1.2 KB + fdatasync", bareTimes)
        report("durable put", putTimes)
        try measure("volatile put", 20_000) { number in try journal.put(keys[number % 5000], value, .volatile) }
        try reads(journal, keys)
    }

    /// Volatile puts alone, for a profile of them.
    private static func volatile(_ base: HostPath) throws {
        let place = try Place(base)
        let journal = try place.open()
        let keys = (0..<5000).map { key($0) }
        for key in keys { try journal.put(key, value, .volatile) }
        try measure("volatile put", 200_000) { number in try journal.put(keys[number % 5000], value, .volatile) }
        withExtendedLifetime(place) {}
    }

    private static func reads(_ journal: Journal, _ keys: [Key]) throws {
        // A call of the clock takes as long as a get.
        try measure("get of a warm key", 200, batch: 100) { number in _ = try journal.value(of: keys[number * 37 % keys.count]) }
        try measure("get of a key that is not there", 200, batch: 100) { _ in _ = try journal.value(of: "/bench/none") }
        let thousand = keys.count / 3
        let interval = KeyRange.interval(keys[thousand], keys[thousand + min(1000, keys.count / 2)])
        try measure("range of 1,000 keys, keys only", 200) { _ in _ = try journal.range(RangeRequest(interval, keysOnly: true)) }
        try measure("range of 1,000 keys with values", 200) { _ in _ = try journal.range(RangeRequest(interval)) }
    }

    /// Many processes that write durably at the same time.
    private static func crowd(_ base: HostPath, writers: Int) throws {
        let place = try Place(base)
        try place.open().put("/first", value, .durable)
        let directory = place.directory
        let runDirectory = place.runDirectory
        let each = writers == 1 ? 400 : 100
        let start = monotonicMicroseconds()
        var children: [Int32] = []
        for writer in 0..<writers {
            guard case .parent(let pid) = try forkIntoNamespaces([], asSibling: false) else {
                do {
                    let journal = try Journal.open(directory, runDirectory: runDirectory)
                    for number in 0..<each { try journal.put(key(writer * each + number), value, .durable) }
                    exitImmediately(0)
                } catch { exitImmediately(1) }
            }
            children.append(pid)
        }
        for pid in children {
            let handle = try openPidfd(pid)
            guard try handle.descriptor.waitForExit() == .exited(code: 0) else { throw Failure(description: "a writer failed") }
        }
        let seconds = Double(monotonicMicroseconds() - start) / 1e6
        print("\(writers) durable writers: \(Int(Double(writers * each) / seconds)) puts/s")
    }

    /// Opening a store that has a history.
    private static func rebuild(_ base: HostPath, keys: Int, revisions: Int) throws {
        let place = try Place(base)
        let journal = try place.open()
        var written = 0
        let filling = monotonicMicroseconds()
        while written < revisions {
            let operations: [Operation] = (0..<100).map {
                .put(key((written + $0) % keys), value: [UInt8](repeating: 1, count: 40))
            }
            _ = try journal.commit(Transaction(then: operations), .volatile)
            written += 100
        }
        print("filling with \(revisions) puts of \(keys) keys: \((monotonicMicroseconds() - filling) / 1000) ms")
        try measure("opening with the index", 50) { _ in _ = try place.open() }
        try measure("the same, to read only", 50) { _ in
            _ = try Journal.open(place.directory, runDirectory: place.runDirectory, isWritable: false)
        }
        try measure("opening without an index, making one", 7) { _ in
            try place.removeIndex()
            _ = try place.open()
        }
        try measure("reading the log alone", 3) { _ in
            try place.removeIndex()
            _ = try Journal.open(place.directory, runDirectory: place.runDirectory, isWritable: false)
        }
        try compaction(place)
    }

    /// A compaction of everything while another process writes.
    private static func compaction(_ place: Place) throws {
        let (directory, runDirectory) = (place.directory, place.runDirectory)
        guard case .parent(let pid) = try forkIntoNamespaces([], asSibling: false) else {
            do {
                let journal = try Journal.open(directory, runDirectory: runDirectory)
                pause(milliseconds: 50)
                let start = monotonicMicroseconds()
                try journal.compact(to: journal.revision())
                print("compacting it: \((monotonicMicroseconds() - start) / 1000) ms")
                fflush(nil)
                exitImmediately(0)
            } catch { exitImmediately(1) }
        }
        let child = try openPidfd(pid)
        let journal = try place.open()
        var times: [Int64] = []
        var entries = [PollEntry(child.descriptor)]
        while try !waitUntilReady(&entries, milliseconds: 0) {
            let start = monotonicNanoseconds()
            try journal.put("/while", value, .volatile)
            times.append(monotonicNanoseconds() - start)
        }
        guard try child.descriptor.waitForExit() == .exited(code: 0) else { throw Failure(description: "the compaction failed") }
        report("volatile put meanwhile, in another process", times)
        print("  longest: \((times.max() ?? 0) / 1000) µs")
    }

    /// The memory of a process that opens a store with an index and appends.
    private static func appender(_ base: HostPath) throws {
        let place = try Place(base)
        let (directory, runDirectory) = (place.directory, place.runDirectory)
        guard case .parent(let filler) = try forkIntoNamespaces([], asSibling: false) else {
            do {
                let journal = try Journal.open(directory, runDirectory: runDirectory)
                for number in 0..<20_000 { try journal.put(key(number), value, .volatile) }
                exitImmediately(0)
            } catch { exitImmediately(1) }
        }
        let filling = try openPidfd(filler)
        guard try filling.descriptor.waitForExit() == .exited(code: 0) else { throw Failure(description: "the filler failed") }
        guard case .parent(let pid) = try forkIntoNamespaces([], asSibling: false) else {
            do {
                let keys = (0..<100).map { key($0 * 173) }
                let before = try anonymousMemory()
                let journal = try Journal.open(directory, runDirectory: runDirectory)
                for number in 0..<2000 { try journal.put(keys[number % 100], value, .volatile) }
                print("2,000 volatile puts into 20,000 keys: \(try anonymousMemory() - before) KiB of own memory")
                fflush(nil)
                exitImmediately(0)
            } catch { exitImmediately(1) }
        }
        let child = try openPidfd(pid)
        guard try child.descriptor.waitForExit() == .exited(code: 0) else { throw Failure(description: "the appender failed") }
    }

    /// Pages that belong to no file: the index is not among them, which all share. In KiB.
    private static func anonymousMemory() throws -> Int {
        let text = try readText("/proc/self/smaps_rollup")
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Anonymous:") }),
            let number = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { throw Failure(description: "no 'Anonymous' in smaps_rollup") }
        return number
    }

    /// What reads and writes cost as a store grows. Each key has one version of 100 bytes.
    private static func growth(_ base: HostPath, _ count: Int) throws {
        let place = try Place(base)
        let journal = try place.open()
        let small = [UInt8](repeating: 1, count: 100)
        let keys = (0..<count).map { key($0 &* 7919 % count) }
        for start in stride(from: 0, to: count, by: 100) {
            let part = keys[start..<min(start + 100, count)]
            _ = try journal.commit(Transaction(then: part.map { .put($0, value: small) }), .volatile)
        }
        print("── \(count) keys")
        let sorted = keys.sorted()
        try reads(journal, sorted)
        try measure("volatile put", 2000) { number in try journal.put(keys[number * 7907 % count], small, .volatile) }
        try measure("volatile put of a new key", 500) { number in
            try journal.put(Key("/new/\(number * 7907 % 500)"), small, .volatile)
        }
        try measure("opening with the index", 50) { _ in _ = try place.open() }
        try measure("opening without an index, making one", 3) { _ in
            try place.removeIndex()
            _ = try place.open()
        }
    }

    private static func measure(_ name: String, _ count: Int, batch: Int = 1, _ body: (Int) throws -> Void) throws {
        var times: [Int64] = []
        times.reserveCapacity(count)
        for number in 0..<count {
            let start = monotonicNanoseconds()
            for part in 0..<batch { try body(number * batch + part) }
            times.append((monotonicNanoseconds() - start) / Int64(batch))
        }
        report(name, times)
    }

    private static func report(_ name: String, _ all: [Int64]) {
        var times = all
        let count = times.count
        times.sort()
        func text(_ nanoseconds: Int64) -> String {
            "\(nanoseconds / 1000).\(nanoseconds % 1000 / 10 / 10)\(nanoseconds % 100 / 10)"
        }
        print("\(name): median \(text(times[count / 2])), p99 \(text(times[count * 99 / 100])) µs")
        fflush(nil)
    }
}

/// A store's directories, removed with this value.
final class Place {
    let directory: HostPath
    let runDirectory: HostPath

    init(_ base: HostPath) throws {
        directory = base.appending("journal-bench-\(currentPID())-\(monotonicMicroseconds())")
        runDirectory = HostPath("/dev/shm/journal-bench-\(currentPID())-\(monotonicMicroseconds())") ?? base
    }

    /// As after an accident: whoever opens the store next makes another.
    func removeIndex() throws(KernelError) {
        let handle = try FileDescriptor.workingDirectory.open(runDirectory.string, [.readOnly, .directory])
        for name in try handle.descriptor.directoryEntries() where name.hasSuffix(".index") { try handle.descriptor.unlink(name) }
    }

    func open() throws(JournalError) -> Journal { try Journal.open(directory, runDirectory: runDirectory) }

    deinit {
        for path in [directory, runDirectory] {
            do throws(KernelError) {
                let handle = try FileDescriptor.workingDirectory.open(path.string, [.readOnly, .directory])
                for name in try handle.descriptor.directoryEntries() { try handle.descriptor.unlink(name) }
                try FileDescriptor.workingDirectory.removeDirectory(path.string)
            } catch {
                // It is in the way of nobody.
            }
        }
    }
}
