import JournalVerbs
import Testing

@testable import Journal

@Suite struct LeaseTextTests {
    private let timed = Lease(id: 7, term: .time(milliseconds: 60_000), remaining: 59_001, isExpired: false)
    private let process = Lease(id: 9, term: .process(pid: 42, startTime: 1234), remaining: nil, isExpired: false)
    private let over = Lease(id: 8, term: .time(milliseconds: 500), remaining: 0, isExpired: true)

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func linesAreThoseOfEtcdctl() {
        #expect(text(LeaseText.granted(timed, 7, .simple)) == "lease 7 granted with TTL(60s)\n")
        #expect(text(LeaseText.granted(process, 9, .simple)) == "lease 9 granted with the life of process 42\n")
        #expect(text(LeaseText.revoked(7, keys: ["/a"], 9, .simple)) == "lease 7 revoked\n")
        #expect(text(LeaseText.keptAlive(timed, 9, .simple)) == "lease 7 keepalived with TTL(60)\n")
        #expect(text(LeaseText.list([timed, over], 9, .simple)) == "found 2 leases\n7\n8\n")
        #expect(
            text(LeaseText.timeToLive(7, timed, keys: ["/a", Key([0xff])], 9, .simple))
                == "lease 7 granted with TTL(60s), remaining(60s), attached keys([/a \\xff])\n")
        #expect(text(LeaseText.timeToLive(8, over, keys: nil, 9, .simple)) == "lease 8 already expired\n")
        #expect(text(LeaseText.timeToLive(5, nil, keys: [], 9, .simple)) == "lease 5 already expired\n")
    }

    @Test func jsonHasTheNamesOfEtcd() {
        #expect(
            text(LeaseText.granted(timed, 7, .json))
                == "{\"header\":{\"revision\":7},\"ID\":7,\"TTL\":60,\"grantedTTL\":60}\n")
        #expect(
            text(LeaseText.list([process, over], 9, .json))
                == "{\"header\":{\"revision\":9},\"leases\":[{\"ID\":9,\"process\":{\"pid\":42,\"start_time\":1234}},"
                + "{\"ID\":8,\"TTL\":-1,\"grantedTTL\":1,\"expired\":true}]}\n")
        #expect(
            text(LeaseText.timeToLive(5, nil, keys: ["/a", Key([0xff])], 9, .json))
                == "{\"header\":{\"revision\":9},\"ID\":5,\"TTL\":-1,\"keys\":[{\"key\":\"/a\"},{\"key_base64\":\"/w==\"}]}\n")
        #expect(text(LeaseText.revoked(7, keys: ["/a"], 9, .json)) == "{\"header\":{\"revision\":9},\"deleted\":1}\n")
    }

    @Test func aTableHasALineForEach() {
        let lines = text(LeaseText.list([timed, process, over], 9, .table)).split(separator: "\n")
        #expect(lines.count == 4 && lines[1].contains("60s") && lines[2].contains("process 42") && lines[3].contains("expired"))
    }
}
