import LinuxKernel
import SeededRandom
import Testing

@testable import ContainerLogs

/// Records on their way to a file that takes a few bytes at a time.
@Suite struct BufferTests {
    /// What was written is what was appended, whatever the portions; records that are in the file as a whole make room.
    @Test func `all bytes come out once and in order`() throws {
        let run = FuzzRun()
        var random = run.random
        while !run.isOver {
            var header = RecordHeader()
            header.set(.stdout, WallTime(seconds: 1, nanoseconds: 2))
            var buffer = RecordBuffer(capacity: 400)
            var expected: [UInt8] = []
            var written: [UInt8] = []
            for _ in 0..<40 {
                let text = (0..<Int.random(in: 0...90, using: &random)).map { _ in UInt8.random(in: 11...255, using: &random) }
                if buffer.hasRoom(for: RecordHeader.size + text.count + 1) {
                    text.withUnsafeBytes { buffer.append(header, $0, isFull: true) }
                    expected += Array("1970-01-01T00:00:01.000000002Z stdout F ".utf8) + text + [10]
                }
                let count = Int.random(in: 0...min(buffer.count, 120), using: &random)
                try buffer.withUnwritten { bytes throws(KernelError) in written += Array(bytes.prefix(count)) }
                if count > 0 { buffer.advance(count) }
                #expect(buffer.isEmpty == (written.count == expected.count))
                #expect(buffer.count == expected.count - written.count)
                // What the file has of the first record begins behind a newline.
                let torn = written.count - (written.lastIndex(of: 10).map { $0 + 1 } ?? 0)
                #expect(buffer.written == torn)
            }
            #expect(Array(expected.prefix(written.count)) == written)
        }
    }
}
