import ContainerLogs
import Foundation
import LinuxKernel
import LinuxTypes
import SeededRandom
import Testing

/// What a container writes, in whatever portions, under rotations and changes of the writer, is what a reader gives back.
@Suite struct RoundTripTests {
    /// A container's output and the lines that it is.
    private struct Model {
        var lines: [String] = []
        var times: [Int64] = []
        var open: [LogStream: (text: [UInt8], time: Int64)] = [:]

        mutating func write(_ stream: LogStream, _ bytes: [UInt8], at second: Int64) {
            for byte in bytes {
                var line = open[stream] ?? ([], second)
                open[stream] = nil
                if byte == 10 {
                    lines.append((stream == .stdout ? "o:" : "e:") + String(decoding: line.text, as: UTF8.self))
                    times.append(line.time)
                } else {
                    line.text.append(byte)
                    open[stream] = line
                }
            }
        }
    }

    private static func chunk(_ random: inout SplitMix) -> [UInt8] {
        let length = Int.random(in: 0...[3, 40, 500].randomElement(using: &random)!, using: &random)
        let newlines = [0, 10, 200].randomElement(using: &random)!
        return (0..<length).map { _ in
            Int.random(in: 0..<256, using: &random) < newlines ? 10 : UInt8.random(in: 0...255, using: &random)
        }
    }

    @Test func `a reader gives back what was written`() throws {
        let run = FuzzRun()
        var random = run.random
        while !run.isOver {
            let log = try TestLog()
            let size = [300, 2000, 1 << 20].randomElement(using: &random)!
            let limits = LogLimits(
                text: [1, 7, 100, 16_384].randomElement(using: &random)!,
                rotation: LogRotation(maximumBytes: Int64(size), maximumFiles: 100_000))
            var writer = LogWriter(log.place, limits)
            let follower = try LogReader(log.place)
            var followed: [String] = []
            var model = Model()
            for second in 0..<Int64.random(in: 1...40, using: &random) {
                let stream: LogStream = Bool.random(using: &random) ? .stdout : .stderr
                let bytes = Self.chunk(&random)
                model.write(stream, bytes, at: second)
                for event in writer.write(stream, bytes, at: WallTime(seconds: second, nanoseconds: 0)) {
                    guard case .rotated = event else { throw Unexpected("\(event), seed \(run.seed)") }
                }
                if Int.random(in: 0..<5, using: &random) == 0 { writer = LogWriter(log.place, limits) }
                if Int.random(in: 0..<3, using: &random) == 0 { followed += try drain(follower) }
            }
            for stream in model.open.keys {
                model.write(stream, [10], at: 50)
                writer.write(stream, "\n", at: WallTime(seconds: 50, nanoseconds: 0))
            }
            followed += try drain(follower)
            #expect(followed == model.lines && follower.omissions.isEmpty, "seed \(run.seed)")
            #expect(try log.lines() == model.lines, "seed \(run.seed)")
            let count = Int.random(in: 0...model.lines.count, using: &random)
            #expect(try log.lines(tail: count) == Array(model.lines.suffix(count)), "tail \(count), seed \(run.seed)")
            let since = Int64.random(in: 0...41, using: &random)
            let young = model.lines.indices.filter { model.times[$0] >= since }.map { model.lines[$0] }
            if size > 2000 {
                #expect(
                    try log.lines(since: WallTime(seconds: since, nanoseconds: 0)) == young, "since \(since), seed \(run.seed)")
            }
        }
    }
}
