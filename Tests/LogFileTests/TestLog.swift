import ContainerLogs
import Foundation
import LinuxKernel
import LinuxTypes
import Testing

/// A pod's log directory in the temporary directory, which goes with it.
final class TestLog {
    let path: String
    let directory: OwnedDescriptor
    let place: LogPlace

    init() throws {
        path = "/tmp/hull-log-tests-\(getpid())-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        directory = try FileDescriptor.workingDirectory.open(path, [.readOnly, .directory])
        place = try #require(LogPlace(directory.descriptor, container: "app", attempt: 0))
    }

    deinit { _ = try? FileManager.default.removeItem(atPath: path) }

    var live: String { path + "/app/0.log" }

    var bytes: [UInt8] { get throws { try readFile(live, limit: 1 << 30) } }

    func write(_ bytes: [UInt8], to name: String = "app/0.log") throws {
        try FileManager.default.createDirectory(atPath: path + "/app", withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
    }

    /// The names beside the log, sorted.
    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path + "/app").sorted() }

    /// All lines there are, and what has no end.
    func lines(tail: Int? = nil, since: WallTime? = nil) throws -> [String] {
        let reader = try LogReader(place, tail: tail, since: since)
        return try drain(reader) + texts(reader.finish())
    }
}

func drain(_ reader: LogReader) throws -> [String] {
    var lines: [LogLine] = []
    while let line = try reader.next() { lines.append(line) }
    return texts(lines)
}

/// `o:` or `e:`, then the text, `…` where it has no end, `…` before what is continued.
func texts(_ lines: [LogLine]) -> [String] {
    lines.map { line in
        (line.stream == .stdout ? "o:" : "e:") + (line.isContinued ? "…" : "") + String(decoding: line.text, as: UTF8.self)
            + (line.isComplete ? "" : "…")
    }
}

extension LogWriter {
    @discardableResult
    func write(
        _ stream: LogStream, _ text: String, at time: WallTime = WallTime(seconds: 1_795_942_800, nanoseconds: 0)
    ) -> [LogEvent] {
        write(stream, Array(text.utf8), at: time)
    }

    @discardableResult
    func write(_ stream: LogStream, _ bytes: [UInt8], at time: WallTime) -> [LogEvent] {
        bytes.withUnsafeBytes { write(stream, $0, at: time) }
    }
}
