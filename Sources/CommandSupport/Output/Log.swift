public import LinuxKernel
import LinuxTypes

/// Where a person and a caller learn what happened. Opened once, at the edge; nothing below it logs.
///
/// Errors go to stderr in any case, plain where there is a log, for that is what people read. Without a log and without `--log-format` all is
/// plain.
public struct Log: Sendable {
    private enum Sink: Sendable {
        case standardError
        /// Open for appending as long as the process lives.
        case file(FileDescriptor)
        case syslog(String)
        case journald(String)
    }

    private let sink: Sink
    private let format: LogFormat?
    private let level: LogLevel

    /// Plain lines on stderr.
    public static let plain = Log(sink: .standardError, format: nil, level: .info)

    private init(sink: Sink, format: LogFormat?, level: LogLevel) {
        self.sink = sink
        self.format = format
        self.level = level
    }

    /// Opens what the options name. Throws where a file cannot be opened; a system log that is not there is no error.
    public init(_ globals: GlobalOptions) throws(KernelError) {
        switch globals.log {
        case nil: sink = .standardError
        case .file(let path):
            let file = try FileDescriptor.workingDirectory.open(
                path.string, [.writeOnly, .create, .append], permissions: 0o644)
            sink = .file(file.release())
        case .syslog(let name): sink = .syslog(name)
        case .journald(let name): sink = .journald(name)
        }
        format = globals.logFormat
        level = globals.logLevel
    }

    /// Whether a record of this weight would be written: making it may cost something.
    public func wants(_ level: LogLevel) -> Bool { level.rawValue <= self.level.rawValue }

    /// A failure of ours: the last thing that a process says.
    public func fail(_ message: String, hint: String? = nil) {
        if case .standardError = sink, let format {
            tell(format.record(.error, message, time: Self.now()))
            return
        }
        write(.error, message)
        if case .standardError = sink {} else { tell(PlainText.line(message) + "\n") }
        if let hint { tell("hint: \(PlainText.line(hint))\n") }
    }

    /// One record.
    public func write(_ level: LogLevel, _ message: String) {
        guard wants(level) else { return }
        switch sink {
        case .standardError:
            if let format { return tell(format.record(level, message, time: Self.now())) }
            tell((level == .error ? "" : level.name + ": ") + PlainText.line(message) + "\n")
        case .file(let file):
            let record = (format ?? .text).record(level, message, time: Self.now())
            do throws(KernelError) { try file.writeAll(record.utf8) } catch { tell("cannot write the log: \(error)\n") }
        case .syslog(let name):
            // Facility 1, user: `<facility * 8 + severity>`.
            sendToSystem("/dev/log", "<\(8 + level.severity)>\(PlainText.line(name)): \(PlainText.line(message))")
        case .journald(let name):
            // A field a line: a newline would begin another field.
            sendToSystem(
                "/run/systemd/journal/socket",
                "MESSAGE=\(PlainText.line(message))\nPRIORITY=\(level.severity)\nSYSLOG_IDENTIFIER=\(PlainText.line(name))\n")
        }
    }

    private func sendToSystem(_ socket: String, _ text: String) {
        do throws(KernelError) { try sendDatagram(Array(text.utf8), to: socket) } catch {
            // No system log here, or a full one: as syslog(3), which tells nobody.
        }
    }

    private func tell(_ text: String) {
        do throws(KernelError) { try FileDescriptor.standardError.writeAll(text.utf8) } catch {
            // Nobody listens: there is no other place to say so.
        }
    }

    /// RFC 3339 in seconds, as runc writes it.
    private static func now() -> String { String(WallTime.now().rfc3339.prefix(19)) + "Z" }
}
