import LinuxKernel
import LinuxTypes
import SeededRandom
import Testing

@testable import ContainerLogs

/// What a record is, byte by byte.
@Suite struct RecordTests {
    private func record(_ text: String) -> (LogRecord, String)? {
        Array(text.utf8).withUnsafeBytes { bytes in
            LogRecord(bytes).map { ($0, String(decoding: bytes.from($0.textOffset), as: UTF8.self)) }
        }
    }

    @Test func `a header is 40 bytes with nine digits of the second`() {
        var header = RecordHeader()
        var bytes = [UInt8](repeating: 0, count: RecordHeader.size)
        for (time, stream, isFull, text) in [
            (
                WallTime(seconds: 1_796_032_800, nanoseconds: 123_456_789), LogStream.stdout, true,
                "2026-11-30T10:00:00.123456789Z stdout F "
            ),
            (WallTime(seconds: 1_796_032_800, nanoseconds: 5), .stderr, false, "2026-11-30T10:00:00.000000005Z stderr P "),
            (WallTime(seconds: 1_796_032_801, nanoseconds: 0), .stdout, false, "2026-11-30T10:00:01.000000000Z stdout P "),
            (WallTime(seconds: -5, nanoseconds: 0), .stdout, false, "1970-01-01T00:00:00.000000000Z stdout P "),
            (WallTime(seconds: .max, nanoseconds: 0), .stdout, false, "9999-12-31T23:59:59.000000000Z stdout P "),
        ] {
            header.set(stream, time)
            bytes.withUnsafeMutableBytes { buffer in
                if let base = buffer.baseAddress { header.copy(to: base, isFull: isFull) }
            }
            #expect(String(decoding: bytes, as: UTF8.self) == text)
        }
    }

    @Test(arguments: [
        ("2026-11-29T10:00:00.123456789Z stdout F hello", LogStream.stdout, true, "hello"),
        ("2026-11-29T10:00:00.1Z stderr P ", .stderr, false, ""),
        ("2026-11-29T10:00:00Z stdout P:tag:more  two spaces", .stdout, false, " two spaces"),
        ("2026-11-29T10:00:00.123456789+01:00 stderr F x", .stderr, true, "x"),
    ])
    func `records of others are read too`(_ text: String, _ stream: LogStream, _ isFull: Bool, _ rest: String) throws {
        let (found, tail) = try #require(record(text))
        #expect(found.stream == stream && found.isFull == isFull && tail == rest)
    }

    @Test(arguments: [
        "", " ", "x", "2026-11-29T10:00:00Z", "2026-11-29T10:00:00Z stdout", "2026-11-29T10:00:00Z stdout F",
        "2026-11-29T10:00:00Z stdin F x", "2026-11-29T10:00:00Z stdout G x", "2026-11-29T10:00:00Z stdout FP x",
        "2026-11-29T10:00:00Z  stdout F x", "2026-13-29T10:00:00Z stdout F x", "2026-11-29T10:00:00 stdout F x",
        "2026-11-29T10:00:00.Z stdout F x", "{\"log\":\"x\\n\",\"stream\":\"stdout\"}", "2026-11-29T10:00:00Z stdout  x",
        "2026-11-29T10:00:00Z stdout :F x",
    ])
    func `what is no record is none`(_ text: String) { #expect(record(text) == nil) }

    @Test func `a torn header is no record at any length`() {
        let whole = "2026-11-29T10:00:00.123456789Z stdout F "
        for length in 0..<whole.utf8.count { #expect(record(String(whole.prefix(length))) == nil) }
        #expect(record(whole) != nil)
    }

    @Test func `random bytes are read or refused, never more`() {
        let run = FuzzRun()
        var random = run.random
        while !run.isOver {
            var bytes = Array("2026-11-29T10:00:00.123456789Z stdout F hello".utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) { random.mutate(json: &bytes) }
            bytes.withUnsafeBytes { bytes in
                if let record = LogRecord(bytes) { #expect(record.textOffset <= bytes.count) }
            }
        }
    }
}
