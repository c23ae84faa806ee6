import LinuxKernel
import LinuxTypes

/// Copies between the caller's streams and the master of the container's terminal, as if the caller sat at it.
///
/// Where the caller's stdin is a terminal it is raw meanwhile and follows its size; it is put back on every way out.
struct TerminalProxy: ~Copyable {
    private let master: OwnedDescriptor
    private let callersSettings: TerminalSettings?
    private var inputIsOpen = true
    private var outputIsOpen = true
    private var toContainer: [UInt8] = []
    /// Whether anybody reads what we write; without a reader the container goes on and its output is dropped, as with a terminal hung up.
    private var hasReader = true

    init(_ master: consuming OwnedDescriptor) throws(KernelError) {
        try master.descriptor.setNonblocking(true)
        // What the container writes comes out byte by byte: no carriage returns are added on the way.
        try master.descriptor.setTerminalSettings(try master.descriptor.terminalSettings().keepingNewlines)
        var before: TerminalSettings?
        if FileDescriptor.standardInput.isTerminal {
            try master.descriptor.setTerminalSize(try FileDescriptor.standardInput.terminalSize())
            let settings = try FileDescriptor.standardInput.terminalSettings()
            // Order: last, for after it nothing may fail before there is somebody to put it back.
            try FileDescriptor.standardInput.setTerminalSettings(settings.madeRaw)
            before = settings
        }
        callersSettings = before
        self.master = master
    }

    deinit {
        guard let callersSettings else { return }
        do throws(KernelError) { try FileDescriptor.standardInput.setTerminalSettings(callersSettings) } catch {
            // The terminal is gone: there is nothing to put back.
        }
    }

    /// What to wait for: the caller's input, the container's output.
    var entries: [PollEntry] {
        var entries: [PollEntry] = []
        if outputIsOpen { entries.append(PollEntry(master.descriptor, write: !toContainer.isEmpty)) }
        if inputIsOpen, toContainer.isEmpty { entries.append(PollEntry(.standardInput)) }
        return entries
    }

    mutating func serve(_ entries: [PollEntry]) throws(KernelError) {
        for entry in entries {
            if entry.descriptor == master.descriptor {
                if entry.canWrite { try feed() }
                if entry.canRead || entry.hangup { try copyOutput() }
            } else if entry.canRead || entry.hangup {
                try takeInput()
            }
        }
    }

    /// Gives the container's terminal the size of the caller's.
    func resize() throws(KernelError) {
        guard callersSettings != nil else { return }
        try master.descriptor.setTerminalSize(try FileDescriptor.standardInput.terminalSize())
    }

    /// After the program's end: what is still in the terminal.
    mutating func finish() throws(KernelError) {
        while outputIsOpen {
            var rest = [PollEntry(master.descriptor)]
            guard try waitUntilReady(&rest, milliseconds: 0) else { return }
            try copyOutput()
        }
    }

    private mutating func takeInput() throws(KernelError) {
        let bytes = try FileDescriptor.standardInput.readSome(4096)
        if bytes.isEmpty {
            // The end of a file or pipe: what a person would type then.
            inputIsOpen = false
            toContainer = [4]
        } else {
            toContainer = bytes
        }
        try feed()
    }

    private mutating func feed() throws(KernelError) {
        do throws(KernelError) {
            let count = try master.descriptor.writeSome(toContainer)
            toContainer.removeFirst(count)
        } catch let error where error.errno == .EAGAIN {
        } catch let error where error.errno == .EIO {
            toContainer = []
        }
    }

    private mutating func copyOutput() throws(KernelError) {
        do throws(KernelError) {
            let bytes = try master.descriptor.readSome(4096)
            if bytes.isEmpty { outputIsOpen = false } else { try pass(bytes) }
        } catch let error where error.errno == .EAGAIN {
        } catch let error where error.errno == .EIO {
            // Nobody has the other side open any more.
            outputIsOpen = false
        }
    }

    private mutating func pass(_ bytes: [UInt8]) throws(KernelError) {
        guard hasReader else { return }
        do throws(KernelError) {
            try FileDescriptor.standardOutput.writeAll(bytes, subject: "stdout")
        } catch let error where error.errno == .EPIPE || error.errno == .EIO || error.errno == .EBADF {
            hasReader = false
        }
    }
}
