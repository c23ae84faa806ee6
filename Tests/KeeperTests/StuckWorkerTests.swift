import LinuxKernel
import LinuxTypes
import Testing

@testable import Keeper

/// Workers that the kernel does not let go are counted, and a keeper that has too many begins nothing.
@Suite struct StuckWorkerTests {
    @Test func `four keep anything from being begun, six from being taken away, and what ends is forgotten`() throws {
        var stuck = StuckWorkers()
        var pids: [Int32] = []
        for count in 0..<6 {
            #expect((stuck.refusal(toClear: false) == nil) == (count < 4))
            #expect(stuck.refusal(toClear: true) == nil)
            let worker = try WorkerProcess(program: "/bin/sleep", arguments: ["1000"])
            pids.append(worker.pid)
            stuck.append(worker)
        }
        let refusal = try #require(stuck.refusal(toClear: true))
        #expect(refusal.hasPrefix("6 workers are stuck in the kernel"))
        for pid in pids {
            #expect(stuck.contains(pid) && refusal.contains("worker \(pid) "))
            let process = try openPidfd(pid)
            try process.descriptor.send(.kill)
        }
        while stuck.refusal(toClear: false) != nil || pids.contains(where: stuck.contains) { stuck.reap() }
        #expect(try ProcessStatus(pid: pids[0]) == nil)
    }
}
