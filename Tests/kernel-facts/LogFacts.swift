import ContainerLogs
import LinuxKernel
import LinuxTypes

/// A tmpfs of 64 KiB over `/mnt`, with a log in it.
private struct SmallDisk: ~Copyable {
    let directory: OwnedDescriptor
    let place: LogPlace

    init() throws {
        try enterOwnMountNamespace()
        let context = try FileSystemContext("tmpfs")
        try context.set("source", to: "kernel-facts")
        try context.set("size", to: "64k")
        let mnt = try FileDescriptor.workingDirectory.open("/mnt", [.pathOnly, .directory])
        try context.mount(attributes: []).attach(to: mnt.descriptor, subject: "/mnt")
        let directory = try FileDescriptor.workingDirectory.open("/mnt", [.readOnly, .directory])
        let place = try logPlace(directory.descriptor)
        self.directory = directory
        self.place = place
    }

    /// Takes space away, in bytes.
    func fill(_ count: Int) throws {
        let ballast = try directory.descriptor.open("ballast", [.writeOnly, .create, .truncate], permissions: 0o600)
        try ballast.descriptor.writeAll([UInt8](repeating: 1, count: count))
    }

    func giveSpace() throws(KernelError) { try directory.descriptor.unlink("ballast") }
}

private func logPlace(_ directory: FileDescriptor) throws -> LogPlace {
    guard let place = LogPlace(directory, container: "app", attempt: 0) else { throw Broken(description: "no place") }
    return place
}

extension LogWriter {
    fileprivate func write(_ stream: LogStream, _ text: String) -> [LogEvent] {
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBytes { write(stream, $0, at: .now()) }
    }
}

private func logLines(_ place: LogPlace) throws -> [String] {
    let reader = try LogReader(place)
    var lines: [String] = []
    while let line = try reader.next() { lines.append(String(decoding: line.text, as: UTF8.self)) }
    lines += reader.finish().map { String(decoding: $0.text, as: UTF8.self) + "…" }
    try expect(reader.omissions.isEmpty, "passed over: \(reader.omissions)")
    return lines
}

private let fileSize = ResourceLimitKind.fsize

/// Files of this process end at so many bytes from now on: the kernel takes exactly as many as fit.
private func endFiles(at size: UInt64?) throws(KernelError) {
    try setResourceLimit(fileSize, soft: size ?? .max, hard: .max)
}

let logFacts = [
    Fact("log-full-disk-stops-nobody-and-is-told") {
        let disk = try SmallDisk()
        try disk.fill(32 * 1024)
        let writer = LogWriter(disk.place)
        var taken = 0
        var events: [LogEvent] = []
        // Far more than the disk and the backlog hold.
        for number in 0..<4000 {
            let text = "line \(number) of many that are written\n"
            taken += text.utf8.count
            events += writer.write(number % 10 == 0 ? .stderr : .stdout, text)
        }
        guard events.count == 1, case .failing(.kernel(let error)) = events[0] else {
            throw Broken(description: "events \(events)")
        }
        try expectEqual(error.errno, .ENOSPC)
        try expect(writer.nextRetry != nil, "nobody is told when to try again")
        try expectEqual(writer.retry(), [])
        let before = try logLines(disk.place)
        try expect(before.count > 100 && before.count < 1000, "\(before.count) lines in 32 KiB")
        try disk.giveSpace()
        try disk.fill(0)
        // The backlog is larger than what was freed: a part of it, then the rest.
        var recovered: LogLoss?
        for event in writer.retry() {
            if case .recovered(let loss) = event { recovered = loss }
        }
        if recovered == nil { try expect(writer.nextRetry != nil, "what waits is forgotten") }
        let after = try logLines(disk.place)
        try expect(after.count > before.count && Array(after.prefix(before.count)) == before, "lines changed")
    },
    Fact("log-gap-is-one-record-with-exact-counts") {
        let disk = try SmallDisk()
        try disk.fill(56 * 1024)
        let writer = LogWriter(disk.place, LogLimits(text: 256, backlog: 4096))
        var number = 0
        var sent = 0
        for _ in 0..<1000 {
            number += 1
            let text = "line \(number)" + (number % 3 == 0 ? "" : "\n")
            sent += text.utf8.count
            _ = writer.write(number % 2 == 0 ? .stderr : .stdout, text)
        }
        try disk.giveSpace()
        let events = writer.write(.stdout, "\nafter\n")
        guard case .recovered(let loss)? = events.last, events.count == 1 else { throw Broken(description: "events \(events)") }
        try expect(loss.stdout > 0 && loss.stderr > 0 && loss.cause == "no space left on device", "\(loss)")
        let lines = try logLines(disk.place)
        try expectEqual(lines.filter { $0 == "hull: \(loss)" }.count, 1)
        try expectEqual(lines.last, "after")
        // All bytes are in the log or counted. A record more than what came ends a line that the gap cut.
        let text = try String(decoding: readFile("/mnt/app/0.log"), as: UTF8.self).split(separator: "\n")
        var logged = 0
        for record in text where !record.contains(" hull: ") {
            logged += record.utf8.count - 40 + (record.contains(" F ") ? 1 : 0)
        }
        let ends = logged + Int(loss.stdout + loss.stderr) - sent - "\nafter\n".utf8.count
        try expect((0...2).contains(ends), "\(ends) bytes too many")
        try expectEqual(writer.finish(), [])
    },
    Fact("log-rotation-on-a-full-disk-makes-space") {
        let disk = try SmallDisk()
        let limits = LogLimits(rotation: LogRotation(maximumBytes: 24 * 1024, maximumFiles: 2))
        let writer = LogWriter(disk.place, limits)
        for number in 0..<5000 {
            for event in writer.write(.stdout, "line \(number)\n") {
                guard case .rotated = event else { throw Broken(description: "event \(event)") }
            }
        }
        let lines = try logLines(disk.place)
        try expectEqual(lines, (5000 - lines.count..<5000).map { "line \($0)" })
        try expect(lines.count > 480, "\(lines.count) lines are left")
    },
    Fact("log-what-was-never-written-is-told-at-the-end") {
        let disk = try SmallDisk()
        try disk.fill(64 * 1024)
        let writer = LogWriter(disk.place)
        _ = writer.write(.stdout, "12345\n678")
        _ = writer.write(.stderr, "12")
        let loss = LogLoss(stdout: 9, stderr: 2, cause: "no space left on device")
        try expectEqual(writer.finish(), [.abandoned(loss)])
        try expect(writer.nextRetry == nil, "it wants to go on")
    },
    Fact("log-half-records-are-continued-at-any-byte") {
        try setBlockedSignals(SignalSet([Signal(rawValue: 25)]))
        try mountScratchOnMnt()
        let directory = try FileDescriptor.workingDirectory.open("/mnt", [.readOnly, .directory])
        for size in 0..<160 {
            guard let place = LogPlace(directory.descriptor, container: "app", attempt: size) else { continue }
            let writer = LogWriter(place)
            try endFiles(at: UInt64(size))
            _ = writer.write(.stdout, "one\ntwo\n")
            try expectEqual(try readFile("/mnt/app/\(size).log").count, min(size, 88))
            _ = writer.write(.stderr, "three\n")
            try endFiles(at: nil)
            if size < 134 { try expectEqual(writer.write(.stdout, "four\n"), [.recovered(LogLoss())]) }
            if size >= 134 { try expectEqual(writer.write(.stdout, "four\n"), []) }
            try expectEqual(try logLines(place), ["one", "two", "three", "four"])
        }
    },
    Fact("log-half-records-move-when-reopened") {
        try setBlockedSignals(SignalSet([Signal(rawValue: 25)]))
        try mountScratchOnMnt()
        let directory = try FileDescriptor.workingDirectory.open("/mnt", [.readOnly, .directory])
        let place = try logPlace(directory.descriptor)
        let app = "/mnt/app"
        for size in 44..<88 {
            let writer = LogWriter(place, LogLimits(rotation: nil))
            try endFiles(at: UInt64(size))
            _ = writer.write(.stdout, "one\ntwo\n")
            let files = try FileDescriptor.workingDirectory.open(app, [.readOnly, .directory])
            try files.descriptor.rename("0.log", to: "0.log.20261129-100000")
            // The old one may not grow; the new one takes the record as a whole.
            try expectEqual(try writer.reopen(), [.recovered(LogLoss())])
            try endFiles(at: nil)
            try expect(writer.nextRetry == nil, "something waits")
            try expectEqual(try logLines(place), ["one", "two"])
            try expectEqual(try readFile(app + "/0.log.20261129-100000").count, 44)
            try files.descriptor.unlink("0.log")
            try files.descriptor.unlink("0.log.20261129-100000")
        }
    },
    Fact("log-followed-across-rotations") {
        try mountScratchOnMnt()
        let directory = try FileDescriptor.workingDirectory.open("/mnt", [.readOnly, .directory])
        let place = try logPlace(directory.descriptor)
        let limits = LogLimits(rotation: LogRotation(maximumBytes: 20_000, maximumFiles: 1000))
        _ = LogWriter(place, limits).open()
        let reader = try LogReader(place)
        let watch = try ModificationWatch()
        try reader.report(to: watch)
        let count = 20_000
        let child = try Child {
            let writer = LogWriter(place, limits)
            for number in 0..<count {
                _ = writer.write(.stdout, "line \(number)\n")
                if number % 1000 == 0 { pause(milliseconds: 1) }
            }
            return 0
        }
        var next = 0
        while next < count {
            while let line = try reader.next() {
                try expectEqual(String(decoding: line.text, as: UTF8.self), "line \(next)")
                next += 1
            }
            if next == count { break }
            var entries = [PollEntry(watch.descriptor)]
            try expect(try waitUntilReady(&entries, milliseconds: 20_000), "slept through a write after \(next) lines")
            _ = try watch.take()
        }
        try expect(reader.omissions.isEmpty, "\(reader.omissions)")
        try child.kill()
    },
    Fact("log-of-killed-writers-is-whole") {
        try mountScratchOnMnt()
        let directory = try FileDescriptor.workingDirectory.open("/mnt", [.readOnly, .directory])
        let place = try logPlace(directory.descriptor)
        for round in 0..<60 {
            let child = try Child {
                let writer = LogWriter(place, LogLimits(rotation: LogRotation(maximumBytes: 50_000, maximumFiles: 500)))
                var number = 0
                while true {
                    number += 1
                    _ = writer.write(
                        .stdout, "round \(round) line \(number) " + String(repeating: "x", count: number % 3000) + "\n")
                }
            }
            pause(microseconds: 500 + round * 97)
            try child.kill()
        }
        _ = LogWriter(place).write(.stdout, "end\n")
        let lines = try logLines(place)
        try expectEqual(lines.last, "end")
        var expected = (round: -1, line: 0)
        for line in lines.dropLast() {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count >= 4, let round = Int(words[1]), let number = Int(words[3]) else { continue }
            if round != expected.round { expected = (round, 0) }
            expected.line += 1
            try expectEqual(number, expected.line)
        }
    },
]
