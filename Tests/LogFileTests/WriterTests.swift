import ContainerLogs
import Foundation
import LinuxKernel
import LinuxTypes
import Testing

/// What stands in the files after writes.
@Suite struct WriterTests {
    private let stamp = "2026-11-29T09:00:00.000000000Z"

    @Test func `lines of both streams become records in their order`() throws {
        let log = try TestLog()
        let writer = LogWriter(log.place)
        #expect(writer.write(.stdout, "one\ntwo\n") == [])
        #expect(writer.write(.stderr, "err\n") == [])
        #expect(writer.write(.stdout, "par") == [])
        #expect(writer.write(.stderr, "\n") == [])
        #expect(writer.write(.stdout, "tial\n\nrest") == [])
        let text = try String(decoding: log.bytes, as: UTF8.self)
        #expect(
            text == """
                \(stamp) stdout F one
                \(stamp) stdout F two
                \(stamp) stderr F err
                \(stamp) stdout P par
                \(stamp) stderr F \n\(stamp) stdout F tial
                \(stamp) stdout F \n\(stamp) stdout P rest

                """)
        #expect(try log.lines() == ["o:one", "o:two", "e:err", "e:", "o:partial", "o:", "o:rest…"])
        #expect(writer.finish() == [] && writer.nextRetry == nil)
    }

    @Test func `a line is split at the limit and not before`() throws {
        for length in [16_383, 16_384, 16_385, 32_768, 40_000] {
            let log = try TestLog()
            let writer = LogWriter(log.place)
            let line = String(repeating: "x", count: length)
            writer.write(.stdout, line + "\n")
            let records = try String(decoding: log.bytes, as: UTF8.self).split(separator: "\n")
            #expect(records.map { $0.utf8.count - 40 }.max() == min(length, 16_384))
            #expect(records.count == (length + 16_383) / 16_384)
            #expect(records.dropLast().allSatisfy { $0.contains(" stdout P ") } && records.last?.contains(" stdout F ") == true)
            #expect(try log.lines() == ["o:" + line])
        }
    }

    @Test func `any bytes go through`() throws {
        let log = try TestLog()
        let writer = LogWriter(log.place)
        let bytes = (0...255).map { UInt8($0) }.filter { $0 != 10 } + [0xff, 0xfe, 0, 0xc3]
        writer.write(.stderr, bytes + [10], at: .now())
        let reader = try LogReader(log.place)
        let line = try #require(try reader.next())
        #expect(line.text == bytes && line.stream == .stderr && line.isComplete)
    }

    @Test func `files and directories are the owner's alone`() throws {
        let log = try TestLog()
        #expect(LogWriter(log.place).open() == [])
        #expect(try FileDescriptor.workingDirectory.status(of: log.live).permissions == 0o600)
        #expect(try FileDescriptor.workingDirectory.status(of: log.path + "/app").permissions == 0o700)
        #expect(try LogPlace.attempts(of: "app", in: log.directory.descriptor) == [0])
        #expect(try LogPlace.attempts(of: "other", in: log.directory.descriptor) == [])
    }

    @Test func `full files are rotated and the oldest go`() throws {
        let log = try TestLog()
        let writer = LogWriter(log.place, LogLimits(rotation: LogRotation(maximumBytes: 1000, maximumFiles: 3)))
        var rotated: [LogEvent] = []
        for number in 0..<100 { rotated += writer.write(.stdout, "line \(number) " + String(repeating: ".", count: 40) + "\n") }
        #expect(rotated.count == 9)
        let names = try log.names()
        #expect(names.count == 3 && names.first == "0.log")
        #expect(rotated.suffix(2) == names.dropFirst().map { LogEvent.rotated($0) }[...])
        for name in names { #expect(try readFile(log.path + "/app/" + name).count <= 1000) }
        let lines = try log.lines()
        #expect(lines.last?.hasPrefix("o:line 99 ") == true && lines.count > 20)
        #expect(lines == (100 - lines.count..<100).map { "o:line \($0) " + String(repeating: ".", count: 40) })
    }

    @Test func `outside rotation and reopen lose nothing`() throws {
        let log = try TestLog()
        let writer = LogWriter(log.place, LogLimits(rotation: nil))
        writer.write(.stdout, "a\n")
        try FileManager.default.moveItem(atPath: log.live, toPath: log.live + ".20261129-100000")
        writer.write(.stdout, "b\n")
        #expect(throws: Never.self) { try writer.reopen() }
        writer.write(.stdout, "c\n")
        #expect(try log.names() == ["0.log", "0.log.20261129-100000"])
        #expect(try log.lines() == ["o:a", "o:b", "o:c"])
    }

    @Test func `what cannot be reopened stays in use`() throws {
        let log = try TestLog()
        let writer = LogWriter(log.place)
        writer.write(.stdout, "a\n")
        try FileManager.default.moveItem(atPath: log.live, toPath: log.live + ".20261129-100000")
        try FileManager.default.createSymbolicLink(atPath: log.live, withDestinationPath: "/dev/null")
        #expect(throws: LogError.notALog("app/0.log")) { try writer.reopen() }
        #expect(writer.write(.stdout, "b\n") == [])
        #expect(try log.lines() == ["o:a", "o:b"])
    }

    @Test(arguments: ["link", "hard link", "fifo", "directory"])
    func `what is no log is set aside and never written to`(_ kind: String) throws {
        let log = try TestLog()
        try log.write(Array("untouched".utf8), to: "victim")
        try FileManager.default.createDirectory(atPath: log.path + "/app", withIntermediateDirectories: true)
        let victim = log.path + "/victim"
        switch kind {
        case "link": try FileManager.default.createSymbolicLink(atPath: log.live, withDestinationPath: victim)
        case "hard link": try FileManager.default.linkItem(atPath: victim, toPath: log.live)
        case "fifo": try #require(mkfifo(log.live, 0o600) == 0)
        default: try FileManager.default.createDirectory(atPath: log.live, withIntermediateDirectories: false)
        }
        let events = LogWriter(log.place).write(.stdout, "a\n")
        guard case .setAside(let name)? = events.first, events.count == 1 else { throw Unexpected("\(events)") }
        #expect(try log.names() == ["0.log", name])
        #expect(try readFile(victim) == Array("untouched".utf8))
        #expect(try log.lines() == ["o:a"])
    }

    @Test func `a link in place of the directory is refused, and what comes waits`() throws {
        let log = try TestLog()
        let other = try TestLog()
        try FileManager.default.createSymbolicLink(atPath: log.path + "/app", withDestinationPath: other.path)
        let writer = LogWriter(log.place)
        let events = writer.write(.stdout, "a\n")
        guard case .failing(.kernel(let error))? = events.first else { throw Unexpected("\(events)") }
        #expect(error.errno == .ENOTDIR && writer.nextRetry != nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: other.path) == [])
        try FileManager.default.removeItem(atPath: log.path + "/app")
        #expect(writer.retry() == [.recovered(LogLoss())] && writer.nextRetry == nil)
        #expect(try log.lines() == ["o:a"])
    }
}

struct Unexpected: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
