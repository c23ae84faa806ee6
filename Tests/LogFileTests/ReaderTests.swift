import ContainerLogs
import Foundation
import LinuxKernel
import LinuxTypes
import SeededRandom
import Testing

/// What a reader gives back of what was written.
@Suite struct ReaderTests {
    private let stamp = "2026-11-29T10:00:00.000000000Z"

    private func records(_ lines: String...) -> [UInt8] { Array(lines.map { "\(stamp) \($0)\n" }.joined().utf8) }

    @Test func `lines of two streams are joined apart`() throws {
        let log = try TestLog()
        try log.write(
            records("stdout P a", "stderr P 1", "stdout P b", "stderr F 2", "stdout F c", "stdout F ", "stderr P 3", "stdout P d")
        )
        #expect(try log.lines() == ["e:12", "o:abc", "o:", "o:d…", "e:3…"])
    }

    @Test func `what is no record is passed over and counted`() throws {
        let log = try TestLog()
        try log.write(Array("junk\n\n".utf8) + records("stdout F a") + [0, 1, 2, 10] + records("stderr F b", "stdin F c"))
        let reader = try LogReader(log.place)
        #expect(try drain(reader) == ["o:a", "e:b"])
        #expect(reader.omissions.malformed == 4)
    }

    @Test func `megabytes without a newline cost no more than one`() throws {
        let log = try TestLog()
        try log.write(records("stdout F a") + [UInt8](repeating: 0x78, count: 5 << 20) + [10] + records("stdout F b"))
        let reader = try LogReader(log.place)
        #expect(try drain(reader) == ["o:a", "o:b"])
        #expect(reader.omissions.malformed == 1)
        #expect(try log.lines(tail: 1) == ["o:b"])
        #expect(try log.lines(tail: 2) == ["o:a", "o:b"])
    }

    @Test func `a line of megabytes comes in parts`() throws {
        let log = try TestLog()
        let writer = LogWriter(log.place)
        let part = [UInt8](repeating: 0x78, count: 1 << 20)
        for _ in 0..<3 { writer.write(.stdout, part, at: .now()) }
        writer.write(.stdout, "end\nnext\n")
        let reader = try LogReader(log.place)
        var lines: [LogLine] = []
        while let line = try reader.next() { lines.append(line) }
        #expect(lines.count == 5 && lines.map(\.isComplete) == [false, false, false, true, true])
        #expect(lines.map(\.isContinued) == [false, true, true, true, false])
        #expect(lines.dropLast().reduce(0) { $0 + $1.text.count } == 3 * part.count + 3)
    }

    @Test func `the text of a torn last record is shown at the end`() throws {
        let log = try TestLog()
        try log.write(records("stdout F a") + Array("\(stamp) stdout F to".utf8))
        let reader = try LogReader(log.place)
        #expect(try drain(reader) == ["o:a"])
        #expect(texts(reader.finish()) == ["o:to…"] && reader.omissions.isEmpty)
        #expect(try log.lines(tail: 1) == ["o:a", "o:to…"])
    }

    @Test func `unfinished lines are given out once and then continued`() throws {
        let log = try TestLog()
        let writer = LogWriter(log.place)
        let reader = try LogReader(log.place)
        #expect(try reader.next() == nil)
        writer.write(.stdout, "password: ")
        #expect(try drain(reader) == [] && texts(reader.takeUnfinished()) == ["o:password: …"] && reader.takeUnfinished() == [])
        writer.write(.stdout, "ok\nnext\n")
        #expect(try drain(reader) == ["o:…ok", "o:next"])
    }

    @Test func `a tail has whole lines, over all files`() throws {
        let log = try TestLog()
        try log.write(records("stdout F 1", "stderr P 2"), to: "app/0.log.20261129-100000")
        try log.write(records("stdout P 3", "stderr F b", "stdout F c", "stdout P 4"), to: "app/0.log.20261129-100001")
        try log.write(records("stderr F 5", "stdout F d"))
        let all = ["o:1", "e:2b", "o:3c", "e:5", "o:4d"]
        for count in 0...6 { #expect(try log.lines(tail: count) == Array(all.suffix(count)), "tail \(count)") }
    }

    @Test func `lines since a time are those that began then`() throws {
        let log = try TestLog()
        var bytes: [UInt8] = []
        for second in 0..<10 { bytes += Array("2026-11-29T10:00:0\(second)Z stdout F \(second)\n".utf8) }
        try log.write(bytes)
        for second in 0..<10 {
            let lines = try log.lines(since: WallTime(rfc3339: "2026-11-29T10:00:0\(second)Z"))
            #expect(lines == (second..<10).map { "o:\($0)" })
        }
        #expect(try log.lines(tail: 3, since: WallTime(rfc3339: "2026-11-29T10:00:08.5Z")) == ["o:9"])
    }

    @Test func `a file that was cut is read from its start`() throws {
        let log = try TestLog()
        let writer = LogWriter(log.place)
        let reader = try LogReader(log.place)
        writer.write(.stdout, "a\nb\n")
        #expect(try drain(reader) == ["o:a", "o:b"])
        #expect(truncate(log.live, 0) == 0)
        #expect(try drain(reader) == [])
        writer.write(.stdout, "c\n")
        #expect(try drain(reader) == ["o:c"])
    }

    @Test func `a reader that rotation outruns says so`() throws {
        let log = try TestLog()
        let writer = LogWriter(log.place, LogLimits(rotation: LogRotation(maximumBytes: 500, maximumFiles: 2)))
        let reader = try LogReader(log.place)
        writer.write(.stdout, "first\n")
        #expect(try drain(reader) == ["o:first"])
        for number in 0..<100 { writer.write(.stdout, "line \(number)\n") }
        let lines = try drain(reader)
        let numbers = lines.compactMap { Int($0.dropFirst(7)) }
        #expect(numbers.last == 99 && numbers.count == lines.count && numbers == numbers.sorted() && numbers.count < 60)
        #expect(reader.omissions.isOutrun && reader.omissions.malformed == 0)
    }

    @Test func `a tail of a big file reads its end only`() throws {
        let log = try TestLog()
        let writer = LogWriter(log.place, LogLimits(rotation: nil))
        var block: [UInt8] = []
        for number in 0..<1000 { block += Array("line \(number)\n".utf8) }
        for _ in 0..<400 { writer.write(.stdout, block, at: .now()) }
        let start = monotonicMicroseconds()
        for _ in 0..<20 { #expect(try log.lines(tail: 3) == ["o:line 997", "o:line 998", "o:line 999"]) }
        let each = (monotonicMicroseconds() - start) / 20
        #expect(try FileDescriptor.workingDirectory.status(of: log.live).size > 19_000_000)
        #expect(each < 20_000, "\(each) µs for a tail")
    }

    @Test func `random bytes are read or passed over, forwards as backwards`() throws {
        let run = FuzzRun()
        var random = run.random
        let log = try TestLog()
        while !run.isOver {
            var bytes = records("stdout P a", "stderr F b", "stdout F c", "stderr P d", "stderr F e", "stdout F f")
            for _ in 0..<Int.random(in: 0...12, using: &random) { random.mutate(json: &bytes) }
            if Bool.random(using: &random) { bytes.insert(10, at: Int.random(in: 0...bytes.count, using: &random)) }
            try log.write(bytes)
            let all = try log.lines()
            // Without an end, or where the start of a line is a lost record, the order of the last is not that of their ends.
            let whole = try LogReader(log.place)
            let complete = try drain(whole)
            guard all == complete else { continue }
            for count in 0...all.count {
                #expect(
                    try log.lines(tail: count) == Array(all.suffix(count)),
                    "\(String(decoding: bytes, as: UTF8.self)) seed \(run.seed)")
            }
        }
    }
}
