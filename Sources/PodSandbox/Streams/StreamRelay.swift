internal import LinuxKernel
internal import LinuxTypes

/// Copies between the caller's standard streams and the pipes of a program in a container, so that the caller's own files never enter it.
final class StreamRelay {
    /// One direction: bytes that were read and have yet to be written.
    private struct Flow {
        let source: FileDescriptor
        let target: FileDescriptor
        var pending: [UInt8] = []
        var isOpen = true
    }

    /// Ours to close: the ends that the program does not have.
    private var input: OwnedDescriptor?
    private var output: OwnedDescriptor?
    private var error: OwnedDescriptor?
    private var flows: [Flow] = []
    /// Copies of the caller's streams, while the program's ends stand in their places.
    private let own: [OwnedDescriptorBox]

    /// Puts the program's ends in the places of the caller's streams: what is started next has them.
    init(takesInput: Bool) throws(KernelError) {
        let streams: [FileDescriptor] = [.standardInput, .standardOutput, .standardError]
        var copies: [OwnedDescriptorBox] = []
        for stream in streams { copies.append(OwnedDescriptorBox(try stream.duplicate(atLeast: 20))) }
        own = copies
        if takesInput {
            let pipe = try Pipe()
            try pipe.readEnd.descriptor.duplicate(onto: .standardInput)
            input = pipe.keepWriteEnd()
        } else {
            let null = try FileDescriptor.workingDirectory.open("/dev/null", .readOnly)
            try null.descriptor.duplicate(onto: .standardInput)
        }
        output = try Self.pipe(onto: .standardOutput)
        error = try Self.pipe(onto: .standardError)
    }

    private static func pipe(onto stream: FileDescriptor) throws(KernelError) -> OwnedDescriptor {
        let pipe = try Pipe()
        try pipe.writeEnd.descriptor.duplicate(onto: stream)
        return pipe.keepReadEnd()
    }

    /// Puts the caller's streams back, and opens the flows.
    func begin() throws(KernelError) {
        let streams: [FileDescriptor] = [.standardInput, .standardOutput, .standardError]
        for (copy, stream) in zip(own, streams) { try copy.descriptor.duplicate(onto: stream) }
        func open(_ handle: borrowing OwnedDescriptor?) throws(KernelError) -> FileDescriptor? {
            switch handle {
            case .some(let handle):
                try handle.descriptor.setNonblocking(true)
                return handle.descriptor
            case .none: return nil
            }
        }
        if let target = try open(input) { flows.append(Flow(source: .standardInput, target: target)) }
        if let source = try open(output) { flows.append(Flow(source: source, target: .standardOutput)) }
        if let source = try open(error) { flows.append(Flow(source: source, target: .standardError)) }
    }

    /// What to wait for.
    var entries: [PollEntry] {
        flows.filter(\.isOpen).map { flow in
            flow.pending.isEmpty ? PollEntry(flow.source) : PollEntry(flow.target, read: false, write: true)
        }
    }

    func serve(_ entries: [PollEntry]) throws(KernelError) {
        for entry in entries where entry.canRead || entry.canWrite || entry.hangup {
            guard
                let index = flows.firstIndex(where: { flow in
                    flow.isOpen && (flow.pending.isEmpty ? flow.source : flow.target) == entry.descriptor
                })
            else { continue }
            try move(index)
        }
    }

    private func move(_ index: Int) throws(KernelError) {
        do throws(KernelError) {
            if flows[index].pending.isEmpty {
                let bytes = try flows[index].source.readSome(32 << 10)
                guard !bytes.isEmpty else { return close(index) }
                flows[index].pending = bytes
            }
            let count = try flows[index].target.writeSome(flows[index].pending)
            flows[index].pending.removeFirst(count)
        } catch {
            switch error.errno {
            case .EAGAIN, .EINTR: return
            // Nobody reads any more, on whichever side.
            case .EPIPE, .EIO, .EBADF: close(index)
            default: throw error
            }
        }
    }

    /// The program sees that its input has ended, or that nobody reads its output.
    private func close(_ index: Int) {
        flows[index].isOpen = false
        switch flows[index].source {
        case .standardInput: input = nil
        case Self.number(of: output): output = nil
        default: error = nil
        }
    }

    private static func number(of handle: borrowing OwnedDescriptor?) -> FileDescriptor? {
        switch handle {
        case .some(let handle): handle.descriptor
        case .none: nil
        }
    }

    /// After the program's end: what is still in its pipes. What it left running may hold them open: only what is there now.
    func finish() throws(KernelError) {
        for index in flows.indices where flows[index].source != .standardInput {
            while flows[index].isOpen {
                var entries = [PollEntry(flows[index].source)]
                if flows[index].pending.isEmpty {
                    guard try waitUntilReady(&entries, milliseconds: 0), entries[0].canRead else { break }
                }
                try move(index)
            }
        }
    }
}

/// A descriptor in an array: those hold copyable things only.
final class OwnedDescriptorBox {
    private let handle: OwnedDescriptor

    init(_ handle: consuming OwnedDescriptor) { self.handle = handle }

    var descriptor: FileDescriptor { handle.descriptor }
}
