import ContainerLogs
import LinuxKernel

/// Lines of containers as bytes for stdout: the text as it is, perhaps with its time and where it comes from before it.
struct LogText {
    private let hasTimestamps: Bool
    /// Before the lines of each container; empty for none.
    private let prefixes: [[UInt8]]
    /// Bytes that each container may still have; nil for any number.
    private var allowances: [Int?]
    /// Whose line the last byte belongs to; nil behind a newline.
    private var open: (source: Int, stream: LogStream)?

    init(_ arguments: LogsArguments, _ sources: [(pod: String, container: String)]) {
        hasTimestamps = arguments.hasTimestamps
        prefixes = sources.map { arguments.hasPrefix ? Array("[pod/\($0.pod)/\($0.container)] ".utf8) : [] }
        allowances = sources.map { _ in arguments.limitBytes }
    }

    /// Whether a container has had all that it may.
    func isFull(_ source: Int) -> Bool { allowances[source] == 0 }

    /// Appends a line of a container. What does not go on with the last line begins one of its own.
    mutating func append(_ line: LogLine, of source: Int, to bytes: inout [UInt8]) {
        if isFull(source) { return }
        let goesOn = open.map { $0 == (source, line.stream) && line.isContinued } ?? false
        if open != nil, !goesOn { bytes.append(UInt8(ascii: "\n")) }
        if !goesOn { bytes += prefixes[source] }
        var own: [UInt8] = goesOn || !hasTimestamps ? [] : Array((line.time.rfc3339 + " ").utf8)
        own += line.text
        if line.isComplete { own.append(UInt8(ascii: "\n")) }
        let count = min(allowances[source] ?? own.count, own.count)
        allowances[source] = allowances[source].map { $0 - count }
        bytes += own.prefix(count)
        open = line.isComplete && count == own.count ? nil : (source, line.stream)
    }
}
