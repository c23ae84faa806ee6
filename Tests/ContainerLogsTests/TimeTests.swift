import LinuxKernel
import SeededRandom
import Testing

/// Times of RFC 3339, to text and back.
@Suite struct TimeTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0, 0), ("2026-11-29T10:00:00.5+01:00", 1_795_942_800, 500_000_000),
        ("2024-02-29T23:59:59.999999999Z", 1_709_251_199, 999_999_999), ("1969-12-31T23:59:59.25Z", -1, 250_000_000),
        ("2026-11-29T10:00:00.1234567891234-00:30", 1_795_948_200, 123_456_789), ("2000-02-29T00:00:00Z", 951_782_400, 0),
    ])
    func `a time is read`(_ text: String, _ seconds: Int64, _ nanoseconds: Int64) {
        #expect(WallTime(rfc3339: text) == WallTime(seconds: seconds, nanoseconds: nanoseconds))
    }

    @Test(arguments: [
        "", "2026-11-29", "2026-11-29T10:00:00", "2026-11-29 10:00:00Z", "2026-11-29t10:00:00z", "2026-02-29T10:00:00Z",
        "1900-02-29T10:00:00Z", "2026-00-10T10:00:00Z", "2026-11-31T10:00:00Z", "2026-11-29T24:00:00Z", "2026-11-29T10:60:00Z",
        "2026-11-29T10:00:60Z", "2026-11-29T10:00:00.Z", "2026-11-29T10:00:00.5", "2026-11-29T10:00:00+1:00",
        "2026-11-29T10:00:00Zx", "2026-11-29T10:00:00+01:00x", "2026-11-29T10:00:00+24:00", "+026-11-29T10:00:00Z",
    ])
    func `what is no time is none`(_ text: String) { #expect(WallTime(rfc3339: text) == nil) }

    @Test func `what is written is read again`() {
        let run = FuzzRun()
        var random = run.random
        while !run.isOver {
            let time = WallTime(
                seconds: Int64.random(in: -62_135_596_800...253_402_300_799, using: &random),
                nanoseconds: Int64.random(in: 0...999_999_999, using: &random))
            #expect(WallTime(rfc3339: time.rfc3339) == time)
        }
    }
}
