import LinuxKernel
import LinuxTypes
import Testing

@testable import ContainerLogs

@Suite struct RotatedNameTests {
    private func name(_ text: String) throws -> FileName { try #require(FileName(text)) }

    @Test func `names are the kubelet's and sort by age`() throws {
        let log = try name("0.log")
        let time = try #require(WallTime(rfc3339: "2026-11-29T10:00:00.9Z"))
        var all: [RotatedName] = []
        for _ in 0..<3 { all.append(try #require(RotatedName(of: log, at: time, after: all))) }
        #expect(all.map { "\($0.name)" } == ["0.log.20261129-100000", "0.log.20261129-100001", "0.log.20261129-100002"])
        // The clock was set back: what is rotated now is still the youngest.
        let past = try #require(WallTime(rfc3339: "2001-01-01T00:00:00Z"))
        #expect("\(try #require(RotatedName(of: log, at: past, after: all)).name)" == "0.log.20261129-100003")
        #expect(all.shuffled().sorted() == all)
    }

    @Test(arguments: [
        "0.log", "0.log.", "0.log.20261129-100000.gz", "0.log.20261129-1000000", "0.log.2026112a-100000", "1.log.20261129-100000",
        "00.log.20261129-100000", "0.log.20261329-100000", "0.log.20261129_100000", "0.log.20261129-100000.tmp",
        "0.log.99991231-235959", "0.log-20261129-100000",
    ])
    func `other files are left alone`(_ text: String) throws {
        #expect(RotatedName(try name(text), of: try name("0.log")) == nil)
    }

    @Test func `a name that would be too long is none`() throws {
        let log = try name(String(repeating: "a", count: 250))
        #expect(RotatedName(of: log, at: .now(), after: []) == nil)
    }
}
