// `journal-bench DIRECTORY [KEYS REVISIONS]`: what the journal costs on the file system of a directory, against what the disk itself costs there.
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
            guard arguments.count == 2 || arguments.count == 4, let base = HostPath(arguments[1]) else {
                throw Failure(description: "usage: journal-bench DIRECTORY [KEYS REVISIONS]")
            }
            let keys = arguments.count == 4 ? Int(arguments[2]) ?? 0 : 10_000
            let revisions = arguments.count == 4 ? Int(arguments[3]) ?? 0 : 100_000
            try single(base)
            try crowd(base, writers: 1)
            try crowd(base, writers: 64)
            try rebuild(base, keys: keys, revisions: revisions)
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
        try measure("bare overwrite of 1.2 KB + fdatasync", 500) { _ in
            try bare.rewind()
            try bare.writeAll(record)
            try bare.synchronizeContents()
        }
        try FileDescriptor.workingDirectory.unlink(disk.string)
        let place = try Place(base)
        let journal = try place.open()
        try journal.put("/first", value, .durable)
        try measure("durable put", 500) { number in try journal.put(key(number), value, .durable) }
        try measure("volatile put", 20_000) { number in try journal.put(key(number % 5000), value, .volatile) }
        try measure("get of a warm key", 20_000) { number in _ = try journal.value(of: key(number % 5000)) }
        try measure("get without the value", 20_000) { number in
            _ = try journal.range(RangeRequest(.key(key(number % 5000)), keysOnly: true))
        }
        try measure("range of 1,000 keys, keys only", 200) { _ in
            _ = try journal.range(RangeRequest(.prefix("/bench/"), limit: 1000, keysOnly: true))
        }
        try measure("range of 1,000 keys with values", 200) { _ in
            _ = try journal.range(RangeRequest(.interval(key(0), key(1000))))
        }
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
        let start = monotonicMicroseconds()
        let again = try place.open()
        let opened = monotonicMicroseconds()
        print(
            "filling with \(revisions) puts: \((start - filling) / 1000) ms; opening, \(keys) keys: \((opened - start) / 1000) ms"
        )
        let compacting = monotonicMicroseconds()
        try again.compact(to: again.revision())
        print("compacting it: \((monotonicMicroseconds() - compacting) / 1000) ms")
    }

    private static func measure(_ name: String, _ count: Int, _ body: (Int) throws -> Void) throws {
        var times: [Int64] = []
        times.reserveCapacity(count)
        for number in 0..<count {
            let start = monotonicNanoseconds()
            try body(number)
            times.append(monotonicNanoseconds() - start)
        }
        times.sort()
        func text(_ nanoseconds: Int64) -> String { "\(nanoseconds / 1000).\(nanoseconds % 1000 / 100)" }
        print("\(name): median \(text(times[count / 2])), p99 \(text(times[count * 99 / 100])) µs")
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
