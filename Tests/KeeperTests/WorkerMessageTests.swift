import InitProtocol
import KeeperProtocol
import Testing

/// The frame of what keepers and workers say to each other, who may be of two versions after an installation.
@Suite struct WorkerMessageTests {
    @Test func `every message is read back from its frame, and none that is cut short`() throws {
        for job in ProtocolTests.jobs {
            // A worker of version 1 understands what there was then.
            let version: UInt8 = if case .create = job { 2 } else { 1 }
            #expect(Array(job.message.prefix(3)) == [0xf7, version, 0])
            #expect(try Job.read(job.message) == job)
            for count in 3..<job.message.count { #expect(throws: WireError.self) { try Job.read(Array(job.message[..<count])) } }
            #expect(throws: WireError.self) { try Job.read(job.message + [0]) }
        }
        for report in ProtocolTests.reports {
            #expect(try JobReport.read(report.message) == report)
            #expect(throws: WireError.self) { try JobReport.read(report.message + [0]) }
        }
    }

    /// Without a frame a worker of 0.1 read the version as a job, and its keeper waited for a report that never came.
    @Test func `a job of another version, or of before there were versions, is known as such`() throws {
        for version: [UInt8] in [[0, 0], [3, 0], [255, 255]] {
            for rest: [UInt8] in [[], [1], [99, 1, 2, 3]] { #expect(try Job.read([0xf7] + version + rest) == nil) }
        }
        for job in ProtocolTests.jobs { #expect(try Job.read(job.wireBytes) == nil) }
    }

    @Test func `a job that came later is none in an older version`() {
        let job = Job.create(container: "a", attempt: 0)
        #expect(throws: WireError.self) { try Job.read([0xf7, 1, 0] + job.wireBytes) }
    }

    @Test func `what a worker of another version says is a failure, in its own words where it has some`() throws {
        for rest: [UInt8] in [[], [1], [99, 1, 2, 3], JobReport.neverRan.wireBytes] {
            #expect(try JobReport.read([0xf7, 2, 0] + rest) == .failed(WorkerMessage.mismatch))
        }
        #expect(try JobReport.read([0xf7, 2, 0] + JobReport.failed("I am new").wireBytes) == .failed("I am new"))
        #expect(try JobReport.read(JobReport.done.wireBytes) == .failed(WorkerMessage.mismatch))
        #expect(WorkerMessage.mismatch.contains("'hull upgrade'"))
    }
}
