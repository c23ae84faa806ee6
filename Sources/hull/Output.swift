import CommandSupport
import JournalVerbs
import LinuxKernel
import LinuxTypes
import PodVerbs
import StrictTree

/// The standard streams of a verb.
enum Output {
    /// Writes to stdout, all of it. Whoever closed the other end has read enough: that is no failure.
    static func write(_ bytes: some Collection<UInt8>) throws(Failure) {
        do throws(KernelError) { try FileDescriptor.standardOutput.writeAll(bytes, subject: "stdout") } catch {
            throw error.errno == .EPIPE ? .silent(.done) : Failure(error, "cannot print")
        }
    }

    /// Writes what must be complete to be of use.
    static func writeWhole(_ bytes: [UInt8]) throws(Failure) {
        do throws(KernelError) { try FileDescriptor.standardOutput.writeAll(bytes, subject: "stdout") } catch {
            throw Failure(error, "cannot print")
        }
    }

    /// What stdout takes: nothing is cut or colored but on a terminal. NO_COLOR, with anything in it, and a terminal that is `dumb` take no colors.
    static var textStyle: TextStyle { textStyle(of: .standardOutput) }

    /// The same of another stream.
    static func textStyle(of stream: FileDescriptor) -> TextStyle {
        guard stream.isTerminal else { return .plain }
        let isColored = (environmentValue("NO_COLOR") ?? "").isEmpty && environmentValue("TERM") != "dumb"
        do throws(KernelError) {
            let columns = Int(try stream.terminalSize().columns)
            return TextStyle(columns: columns > 0 ? columns : nil, isColored: isColored)
        } catch {
            // One that has no size is as wide as it likes.
            return TextStyle(isColored: isColored)
        }
    }

    /// The one document a verb has.
    static func write(one json: [UInt8], as format: DocumentOutput) throws(Failure) {
        let text: [UInt8]
        do throws(TreeError) { text = try format.text(ofOne: json) } catch { throw Failure("cannot print: \(error)") }
        try write(text)
    }

    /// Documents of several, in one piece.
    static func write(each documents: [[UInt8]], as format: DocumentOutput) throws(Failure) {
        var text: [UInt8] = []
        do throws(TreeError) { for json in documents { text += try format.text(ofEach: json) } } catch {
            throw Failure("cannot print: \(error)")
        }
        if !text.isEmpty { try write(text) }
    }

    static func style(_ format: PrintFormat) -> PrintStyle {
        PrintStyle(format, isTerminal: format == .simple && FileDescriptor.standardOutput.isTerminal)
    }

    /// A file, or stdin for nil, to its end.
    static func read(_ file: HostPath?, limit: Int) throws(Failure) -> [UInt8] {
        let name = file?.string ?? "stdin"
        do throws(KernelError) {
            guard let file else { return try FileDescriptor.standardInput.readToEnd(limit: limit, subject: name) }
            let handle = try FileDescriptor.workingDirectory.open(file.string, .readOnly)
            return try handle.descriptor.readToEnd(limit: limit, subject: name)
        } catch {
            if error.errno == .EFBIG { throw Failure("'\(name)' has more than \(limit) bytes", exit: .usage) }
            throw Failure(error, "cannot read '\(name)'")
        }
    }
}
