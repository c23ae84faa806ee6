import JournalVerbs
import LinuxKernel
import LinuxTypes

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
