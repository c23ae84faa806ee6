import ContainerLogs
import LinuxKernel
import Testing

/// A writer takes over the file of one that was killed.
@Suite struct RepairTests {
    /// A kill -9 within a write leaves any prefix of it: whatever that is, readers see whole records, and text that came through stays.
    @Test func `a file cut at every byte goes on`() throws {
        let stamp = "2026-11-29T10:00:00.123456789Z"
        let whole = Array("\(stamp) stdout F first\n\(stamp) stderr P se\n\(stamp) stderr F cond\n\(stamp) stdout F third\n".utf8)
        for length in 0...whole.count {
            let log = try TestLog()
            let torn = Array(whole.prefix(length))
            try log.write(torn)
            let events = LogWriter(log.place).write(.stdout, "next\n")
            let result = try log.bytes
            let kept = torn.lastIndex(of: 10).map { $0 + 1 } ?? 0
            if length == kept {
                #expect(events == [])
            } else if length - kept < 40 {
                #expect(events == [.repaired(.cut(length - kept))])
                #expect(result.prefix(kept).elementsEqual(torn.prefix(kept)) && result.count == kept + 45)
            } else {
                #expect(events == [.repaired(.completed)])
                #expect(result.prefix(length + 1).elementsEqual(torn + [10]))
            }
            let reader = try LogReader(log.place)
            let lines = try drain(reader)
            #expect(lines.last == "o:next" && reader.omissions.isEmpty, "cut at \(length)")
            // Text of the torn record that is in the file is in the lines.
            let words = lines.joined(separator: " ")
            if length >= 40 + 5 { #expect(words.contains("first")) } else if length > 40 { #expect(words.contains("o:f")) }
        }
    }

    @Test func `a file of others is not cut`() throws {
        let log = try TestLog()
        let foreign = [UInt8](repeating: 7, count: 100_000)
        try log.write(foreign)
        #expect(LogWriter(log.place).write(.stdout, "next\n") == [.repaired(.completed)])
        #expect(try log.bytes.prefix(100_001).elementsEqual(foreign + [10]))
        let reader = try LogReader(log.place)
        #expect(try drain(reader) == ["o:next"] && reader.omissions.malformed == 1)
    }

    @Test func `a full file that is taken over is rotated`() throws {
        let log = try TestLog()
        let limits = LogLimits(rotation: LogRotation(maximumBytes: 200, maximumFiles: 3))
        LogWriter(log.place, limits).write(.stdout, String(repeating: "a", count: 120) + "\n")
        LogWriter(log.place, limits).write(.stdout, String(repeating: "b", count: 120) + "\n")
        #expect(try log.names().count == 2 && log.lines().count == 2)
    }

    /// A crash between the rename and the new file.
    @Test func `a rotation that was cut off goes on`() throws {
        let log = try TestLog()
        try log.write(Array("2026-11-29T10:00:00.123456789Z stdout F old\n".utf8), to: "app/0.log.20261129-100000")
        #expect(LogWriter(log.place).write(.stdout, "new\n") == [])
        #expect(try log.lines() == ["o:old", "o:new"])
    }
}
