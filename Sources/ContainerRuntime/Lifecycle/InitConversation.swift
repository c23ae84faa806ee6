import InitProtocol
import LinuxKernel
import LinuxTypes

/// The parent's end of the conversation with one init.
struct InitConversation: ~Copyable {
    private let socket: OwnedDescriptor
    private var pending: [UInt8] = []
    /// Descriptors that came with the last message.
    private var received: DescriptorList? = nil

    init(_ socket: consuming OwnedDescriptor) { self.socket = socket }

    var descriptor: FileDescriptor { socket.descriptor }

    /// What an init says next.
    enum Reply: Equatable {
        case message(InitMessage)
        /// The child did not come to be hull-init.
        case notStarted(ExecFailure)
        /// The stream is at its end.
        case end
    }

    /// Sends a plan with its open files.
    func send(_ plan: InitPlan, descriptors: [FileDescriptor]) throws(KernelError) {
        let body = plan.wireBytes
        let header = PlanHeader(buildID: runningBuildID(), length: UInt32(body.count))
        try say(header.wireBytes + body, descriptors: descriptors)
    }

    /// Tells the init that it may begin, with the files by which it enters its cgroups.
    func admit(_ tasks: [FileDescriptor]) throws(KernelError) { try say([admitByte], descriptors: tasks) }

    /// Lets the init go on from where it waits.
    func proceed() throws(KernelError) { try say([proceedByte]) }

    private func say(_ bytes: [UInt8], descriptors: [FileDescriptor] = []) throws(KernelError) {
        do throws(KernelError) {
            try socket.descriptor.send(bytes, descriptors: descriptors, subject: "hull-init")
        } catch let error where error.errno == .EPIPE {
            // It has given up meanwhile, or was never executed: why, is what it said last and what is read next.
        }
    }

    /// The next message, or the end. Blocks.
    mutating func next() throws(KernelError) -> Reply {
        while true {
            if let reply = try takeMessage() { return reply }
            let more = try receive()
            if more.isEmpty {
                if pending.isEmpty { return .end }
                throw KernelError(call: "recvmsg", errno: .EPROTO, subject: "hull-init stopped in the middle of a message")
            }
            pending += more
        }
    }

    private mutating func receive() throws(KernelError) -> [UInt8] {
        let message: ReceivedMessage
        do throws(KernelError) {
            message = try socket.descriptor.receive(capacity: 4096, subject: "hull-init")
        } catch let error where error.errno == .ECONNRESET {
            return []
        }
        let bytes = message.bytes
        let descriptors = message.takeDescriptors()
        if descriptors.count > 0 { received = consume descriptors }
        return bytes
    }

    private mutating func takeMessage() throws(KernelError) -> Reply? {
        guard pending.count >= 4 else { return nil }
        let word = pending.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self)) }
        if ExecFailure.begins(with: word) {
            guard pending.count >= ExecFailure.byteCount else { return nil }
            return .notStarted(pending.withUnsafeBytes { ExecFailure($0) })
        }
        // A message is small; an init that claims more is not ours.
        guard word <= 1 << 16 else { throw KernelError(call: "recvmsg", errno: .EPROTO, subject: "a message of hull-init") }
        guard pending.count >= 4 + Int(word) else { return nil }
        let body = Array(pending[4..<(4 + Int(word))])
        pending.removeFirst(4 + Int(word))
        do throws(WireError) {
            return .message(try InitMessage(wireBytes: body))
        } catch {
            throw KernelError(call: "recvmsg", errno: .EPROTO, subject: "a message of hull-init")
        }
    }

    /// Takes the descriptors of the last message.
    mutating func takeDescriptors() -> DescriptorList {
        received.take() ?? DescriptorList()
    }
}
