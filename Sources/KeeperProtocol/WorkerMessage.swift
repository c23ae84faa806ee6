public import InitProtocol

/// The frame of what keepers and workers say to each other. A keeper lives long, and a worker is whatever program lies there when it is needed: after an
/// installation they may be of two versions.
///
/// ```
/// 0xf7 │ version, 16 bits │ Job or JobReport
/// ```
/// The version is that in which its kind came: what there was before is understood by a worker of that time.
/// Never changed, in no version: the frame itself, and `JobReport.failed`, by which the one tells the other in words.
public enum WorkerMessage {
    /// The newest version of jobs: 2 brought `Job.create`.
    static let jobVersion: UInt16 = 2
    /// The newest version of reports.
    static let reportVersion: UInt16 = 1
    /// No kind of a message begins so: one without the frame, of a program older than it, is known by that.
    static let mark: UInt8 = 0xf7

    /// For people, where the two do not understand each other.
    public static let mismatch =
        "the pod's keeper and its worker are of different versions of Hull: 'hull upgrade' has the keeper become the one that is installed"

    static func bytes(of message: some WireValue, version: UInt16) -> [UInt8] {
        var writer = WireWriter(reserving: 64)
        mark.write(to: &writer)
        version.write(to: &writer)
        message.write(to: &writer)
        return writer.bytes
    }

    /// The version of a message; nil for one without the frame, and for one that is not understood.
    static func version(of reader: inout WireReader, newest: UInt16) throws(WireError) -> UInt16? {
        guard try UInt8(from: &reader) == mark else { return nil }
        let version = try UInt16(from: &reader)
        return version >= 1 && version <= newest ? version : nil
    }
}

extension Job {
    /// In its frame.
    public var message: [UInt8] { WorkerMessage.bytes(of: self, version: version) }

    private var version: UInt16 { if case .create = self { 2 } else { 1 } }

    /// From a message. nil for one of another version.
    public static func read(_ message: [UInt8]) throws(WireError) -> Job? {
        var reader = WireReader(message)
        guard let version = try WorkerMessage.version(of: &reader, newest: WorkerMessage.jobVersion) else { return nil }
        let job = try Job(from: &reader)
        guard reader.isAtEnd, job.version <= version else { throw reader.failure }
        return job
    }
}

extension JobReport {
    /// In its frame.
    public var message: [UInt8] { WorkerMessage.bytes(of: self, version: WorkerMessage.reportVersion) }

    /// From a message. One of another version is a failure, in the words of who sent it where it is one.
    public static func read(_ message: [UInt8]) throws(WireError) -> JobReport {
        var reader = WireReader(message)
        if try WorkerMessage.version(of: &reader, newest: WorkerMessage.reportVersion) == nil {
            do throws(WireError) {
                if case .failed(let text, let fault) = try JobReport(from: &reader) { return .failed(text, fault: fault) }
            } catch {
                // Then it says something that this version does not know.
            }
            return .failed(WorkerMessage.mismatch)
        }
        let report = try JobReport(from: &reader)
        guard reader.isAtEnd else { throw reader.failure }
        return report
    }
}
