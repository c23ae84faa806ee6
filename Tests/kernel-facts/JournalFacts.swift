import Glibc
import Journal
import LinuxKernel
import LinuxTypes

// The journal between real processes: its locks, its shared header and its files on this machine's file systems.

let journalFacts = [
    Fact("journal-eight-writers-lose-nothing") {
        let place = try JournalPlace()
        var children = ChildList()
        for writer in 0..<8 {
            let directory = place.directory
            let runDirectory = place.runDirectory
            try children.start {
                let journal = try Journal.open(directory, runDirectory: runDirectory)
                for number in 0..<200 {
                    let value = Array("\(writer) \(number)".utf8)
                    try journal.put(Key("/w/\(writer)/\(number)"), value, number % 20 == 0 ? .durable : .volatile)
                }
                return 0
            }
        }
        try children.expectSuccess()
        let journal = try place.open()
        let found = try journal.range(RangeRequest(.prefix("/w/")))
        try expectEqual(found.count, 1600)
        try expectEqual(Set(found.keyValues.map(\.modRevision)).count, 1600)
        try expectEqual(try journal.revision(), 1601)
        try expectEqual(try journal.check(), [])
    },
    Fact("journal-counts-right-between-processes") {
        let place = try JournalPlace()
        var children = ChildList()
        for _ in 0..<4 {
            let directory = place.directory
            let runDirectory = place.runDirectory
            try children.start {
                let journal = try Journal.open(directory, runDirectory: runDirectory)
                for _ in 0..<100 { try increment(journal, "/counter") }
                return 0
            }
        }
        try children.expectSuccess()
        let found = try place.open().value(of: "/counter")
        try expectEqual(found.map { String(decoding: $0.value, as: UTF8.self) }, "400")
        try expectEqual(found?.version, 400)
    },
    Fact("journal-survives-kill-and-stop-of-its-writers") { try killAndStop(rounds: 40) },
    Fact("journal-wakes-who-watches") {
        let place = try JournalPlace()
        let journal = try place.open()
        try journal.put("/first", [1], .volatile)
        let signal = try WriteSignal(runDirectory: place.runDirectory)
        let watch = try journal.watch(.prefix("/x"))
        try expectEqual(try watch.poll().events.count, 0)
        try expect(try !signal.wait(milliseconds: 20), "woken by nothing")
        let directory = place.directory
        let runDirectory = place.runDirectory
        let child = try Child {
            pause(milliseconds: 50)
            try Journal.open(directory, runDirectory: runDirectory).put("/x", [7], .volatile)
            return 0
        }
        try eventually("the event") {
            if try watch.poll().events.map(\.keyValue.value) == [[7]] { return true }
            try expect(try signal.wait(milliseconds: 20_000), "not woken")
            return try watch.poll().events.map(\.keyValue.value) == [[7]]
        }
        try expectEqual(try child.end(), .exited(code: 0))
    },
    Fact("journal-files-are-its-owners-alone") {
        let place = try JournalPlace()
        try place.open().put("/secret", [1], .durable)
        let directory = try FileDescriptor.workingDirectory.open(place.directory.string, [.readOnly, .directory])
        for name in try directory.descriptor.directoryEntries() {
            try expectEqual(try directory.descriptor.status(of: name).permissions, 0o600)
        }
        for mode: UInt32 in [0o777, 0o720, 0o1777] {
            try directory.descriptor.changePermissions(mode)
            try expectRefused(place.directory, "mode \(mode)")
        }
        try directory.descriptor.changePermissions(0o700)
        try directory.descriptor.changeOwner(uid: 65534, gid: nil)
        try expectRefused(place.directory, "another owner")
        try directory.descriptor.changeOwner(uid: 0, gid: nil)
        let link = place.directory.string + "-link"
        try FileDescriptor.workingDirectory.makeSymbolicLink(link, to: place.directory.string)
        defer { do throws(KernelError) { try FileDescriptor.workingDirectory.unlink(link) } catch {} }
        guard let path = HostPath(link) else { throw Broken(description: "no path") }
        try expectRefused(path, "a symbolic link")
        try directory.descriptor.rename("control", to: "elsewhere")
        try directory.descriptor.makeSymbolicLink("control", to: "elsewhere")
        try expect(try isRefused(place), "a link in the place of the control file")
    },
    Fact("journal-is-read-without-writing-anything") {
        let place = try JournalPlace()
        try place.open().put("/a", [1], .durable)
        guard let missing = HostPath(place.runDirectory.string + "-missing") else { throw Broken(description: "no path") }
        for run in [place.runDirectory, missing] {
            let reader = try Journal.open(place.directory, runDirectory: run, isWritable: false)
            try expectEqual(try reader.value(of: "/a")?.value, [1])
            do throws(JournalError) {
                try reader.put("/b", [1], .volatile)
                throw JournalError.noSpace
            } catch { try expectEqual(error, .readOnly) }
        }
        try expectErrno(.ENOENT, "made by a reader") { () throws(KernelError) in
            _ = try FileDescriptor.workingDirectory.open(missing.string, [.readOnly, .directory])
        }
    },
    Fact("journal-in-memory-begins-small") {
        try mountScratchOnMnt()
        guard let directory = HostPath("/mnt/journal") else { throw Broken(description: "no path") }
        let journal = try Journal.open(directory)
        try journal.put("/a", [1], .durable)
        let handle = try FileDescriptor.workingDirectory.open(directory.string, [.readOnly, .directory])
        let names = try handle.descriptor.directoryEntries().filter { $0.hasPrefix("segment-") }
        try expectEqual(names.count, 1)
        try expectEqual(try handle.descriptor.status(of: names[0]).size, 64 << 10)
        for number in 0..<300 { try journal.put(Key("/k\(number)"), [UInt8](repeating: 1, count: 1000), .volatile) }
        try expectEqual(try Journal.open(directory).range(RangeRequest(.all, countOnly: true)).count, 301)
        try expect(try !handle.descriptor.directoryEntries().contains("spare"), "a reserve in memory")
    },
    Fact("journal-full-file-system-keeps-what-it-has") {
        try mountScratchOnMnt()
        try fullFileSystem()
    },
]

/// Directories of a store, removed with this value.
struct JournalPlace: ~Copyable {
    let directory: HostPath
    let runDirectory: HostPath
    private let base: String

    init() throws {
        var template = Array("/var/tmp/hull-journal-XXXXXX".utf8CString)
        guard let path = mkdtemp(&template) else { throw Missing(what: "no directory in /var/tmp") }
        let base = String(cString: path)
        // A run directory lies in memory.
        let name = base.split(separator: "/").last ?? ""
        guard let directory = HostPath(base + "/store"), let run = HostPath("/dev/shm/\(name)") else {
            throw Broken(description: base)
        }
        self.base = base
        self.directory = directory
        runDirectory = run
    }

    deinit {
        for path in [directory.string, runDirectory.string] {
            do throws(KernelError) {
                let handle = try FileDescriptor.workingDirectory.open(path, [.readOnly, .directory])
                for name in try handle.descriptor.directoryEntries() { try handle.descriptor.unlink(name) }
                try FileDescriptor.workingDirectory.removeDirectory(path)
            } catch {
                // What a fact broke on purpose stays for the leak check to see.
            }
        }
        do throws(KernelError) { try FileDescriptor.workingDirectory.removeDirectory(base) } catch {}
    }

    func open() throws(JournalError) -> Journal { try Journal.open(directory, runDirectory: runDirectory) }
}

/// Children that work side by side.
struct ChildList: ~Copyable {
    private var handles = DescriptorList()

    mutating func start(_ body: () throws -> Int32) throws {
        let child = try Child(body)
        let handle = try child.pidfd.descriptor.duplicate()
        handles.append(handle)
    }

    func expectSuccess() throws {
        for index in 0..<handles.count { try expectEqual(try handles[index].waitForExit(), .exited(code: 0)) }
    }
}

/// Adds one to a number, as often as it takes until nobody was faster.
private func increment(_ journal: Journal, _ key: Key) throws {
    while true {
        let before = try journal.value(of: key)
        let number = before.flatMap { Int(String(decoding: $0.value, as: UTF8.self)) } ?? 0
        let transaction = Transaction(
            if: [.isUnchanged(key, since: before?.modRevision ?? 0)], then: [.put(key, value: Array("\(number + 1)".utf8))])
        if try journal.commit(transaction, .volatile).succeeded { return }
    }
}

private func expectRefused(_ path: HostPath, _ what: String) throws {
    do throws(JournalError) {
        _ = try Journal.open(path)
    } catch {
        guard case .refused = error else { throw error }
        return
    }
    throw Broken(description: "\(what): opened")
}

private func isRefused(_ place: borrowing JournalPlace) throws -> Bool {
    do throws(JournalError) { _ = try place.open() } catch { return true }
    return false
}

/// Four writers that are killed and stopped at random, each time replaced; each says in a file of its own what was acknowledged.
private func killAndStop(rounds: Int) throws {
    let place = try JournalPlace()
    let directory = place.directory
    let runDirectory = place.runDirectory
    let acknowledged = try Pipe()
    let write = acknowledged.writeEnd.descriptor
    let journal = try place.open()
    try journal.put("/start", [], .volatile)
    let watch = try journal.watch(.prefix("/k/"), from: 1)
    var heard: [String] = []
    var seen: [String] = []
    for round in 0..<rounds {
        let child = try Child {
            let journal = try Journal.open(directory, runDirectory: runDirectory)
            var number = 0
            while true {
                let key = "/k/\(round)/\(number)"
                try journal.put(
                    Key(key), [UInt8](repeating: 3, count: number * 37 % 3000), number % 9 == 0 ? .durable : .volatile)
                // Less than a page: written whole or not at all.
                try write.writeAll((key + "\n").utf8)
                number += 1
            }
        }
        // It writes by now, however slow the machine; from here on it is hit anywhere.
        var entries = [PollEntry(acknowledged.readEnd.descriptor)]
        try expect(try waitUntilReady(&entries, milliseconds: 30_000), "writer \(round) writes nothing")
        pause(microseconds: round * 7919 % 9000)
        if round % 3 == 0 {
            try child.pidfd.descriptor.send(Signal(rawValue: 19))
            pause(milliseconds: 1)
            try child.pidfd.descriptor.send(Signal(rawValue: 18))
            pause(milliseconds: 1)
        }
        try child.kill()
        heard += try drain(acknowledged.readEnd.descriptor)
        try journal.put("/round", [UInt8(round)], .durable)
        // Order: after the put, which tells of what the killed one wrote last and did not tell.
        seen += try watch.poll().events.map { $0.keyValue.key.description }
    }
    let found = Set(try journal.range(RangeRequest(.prefix("/k/"), keysOnly: true)).keyValues.map { $0.key.description })
    try expect(heard.count > rounds, "only \(heard.count) writes in \(rounds) rounds")
    let lost = heard.filter { !found.contains($0) }
    try expect(lost.isEmpty, "\(lost.count) of \(heard.count) acknowledged writes are lost, as \(lost.first ?? "")")
    try expectEqual(seen.count, Set(seen).count)
    try expectEqual(Set(seen), found)
    try expectEqual(try place.open().range(RangeRequest(.all, countOnly: true)).count, found.count + 2)
    let damage = try journal.check().filter(\.isDamage)
    try expectEqual(damage, [])
}

/// Lines that lie ready in a pipe.
private func drain(_ pipe: FileDescriptor) throws -> [String] {
    var bytes: [UInt8] = []
    while true {
        var entries = [PollEntry(pipe)]
        guard try waitUntilReady(&entries, milliseconds: 0), entries[0].canRead else { break }
        bytes += try pipe.readSome(65_536)
    }
    return bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
}

/// A store in memory, with a limit: the kernel itself says ENOSPC. What a reserve does is tested without a kernel.
private func fullFileSystem() throws {
    let context = try FileSystemContext("tmpfs")
    try context.set("source", to: "kernel-facts")
    try context.set("size", to: "1m")
    try FileDescriptor.workingDirectory.makeDirectory("/mnt/small", permissions: 0o700)
    let place = try FileDescriptor.workingDirectory.open("/mnt/small", [.pathOnly, .directory])
    try context.mount(attributes: []).attach(to: place.descriptor, subject: "/mnt/small")
    guard let directory = HostPath("/mnt/small/journal") else { throw Broken(description: "no path") }
    let journal = try Journal.open(directory)
    var written = 0
    do throws(JournalError) {
        while written < 5000 {
            try journal.put(Key("/k\(written)"), [UInt8](repeating: 1, count: 2000), .volatile)
            written += 1
        }
    } catch {
        try expectEqual(error, .noSpace)
    }
    try expect(written > 100 && written < 5000, "\(written) puts")
    try expectEqual(try journal.range(RangeRequest(.all, countOnly: true)).count, written)
    try expectEqual(try Journal.open(directory).range(RangeRequest(.all, countOnly: true)).count, written)
}
