import InitProtocol
import LinuxKernel
import LinuxTypes

/// The init's end of the conversation in `InitMessage`. The descriptor lives as long as the process, until the execve closes it.
struct ParentChannel {
    let socket: FileDescriptor

    /// Reads the plan and the descriptors that come with its header.
    func receivePlan() throws(InitFailure) -> ReceivedPlan {
        try during(.plan) { () throws(KernelError) in
            // Exactly the header: what follows the plan on the stream, a word to proceed, is not ours to read yet.
            let first = try socket.receive(capacity: PlanHeader.byteCount, subject: "the plan")
            let header: PlanHeader
            do throws(WireError) {
                header = try PlanHeader(wireBytes: first.bytes)
            } catch {
                throw Self.unreadable(first.bytes.isEmpty ? "the parent is gone" : "it is not one of ours")
            }
            guard header.buildID == PlanHeader(buildID: runningBuildID(), length: 0).buildID else {
                throw Self.unreadable("hull-init and its caller are of different builds")
            }
            let descriptors = first.takeDescriptors()
            let body = try receiveBody(length: Int(header.length))
            do throws(WireError) {
                return ReceivedPlan(plan: try InitPlan(wireBytes: body), descriptors: descriptors)
            } catch {
                throw Self.unreadable("byte \(error.offset) is not as expected")
            }
        }
    }

    private func receiveBody(length: Int) throws(KernelError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < length {
            let more = try socket.receive(capacity: min(length - bytes.count, 1 << 20), subject: "the plan")
            if more.bytes.isEmpty { throw Self.unreadable("it ends early") }
            if bytes.isEmpty { bytes = more.bytes } else { bytes += more.bytes }
        }
        return bytes
    }

    private static func unreadable(_ reason: String) -> KernelError {
        KernelError(call: "recvmsg", errno: .EPROTO, subject: "the plan: \(reason)")
    }

    /// Waits until the parent has made the cgroups and recorded this process: their `tasks` files. A parent that is gone ends us: nothing was done yet.
    func waitToBeAdmitted(_ step: InitStep) throws(InitFailure) -> DescriptorList {
        try during(step) { () throws(KernelError) in
            let answer = try socket.receive(capacity: 1, subject: "the parent")
            guard answer.bytes == [admitByte] else { throw Self.parentIsGone }
            return answer.takeDescriptors()
        }
    }

    private static var parentIsGone: KernelError {
        KernelError(call: "recvmsg", errno: .ECONNRESET, subject: "the parent is gone")
    }

    func send(_ message: InitMessage, _ step: InitStep, descriptors: [FileDescriptor] = []) throws(InitFailure) {
        try during(step) { () throws(KernelError) in
            try socket.send(message.framed, descriptors: descriptors, subject: "the parent")
        }
    }

    /// Waits for the one byte that lets us go on. A parent that is gone ends us: it recorded nothing that could be found again.
    func waitToProceed(_ step: InitStep) throws(InitFailure) {
        try during(step) { () throws(KernelError) in
            let answer = try socket.receive(capacity: 1, subject: "the parent")
            guard answer.bytes == [proceedByte] else { throw Self.parentIsGone }
        }
    }

    /// Tells the parent why; where that fails too, the end of the stream and our exit code are all it gets.
    func report(_ failure: InitFailure) {
        do throws(KernelError) {
            try socket.send(InitMessage.failed(failure).framed)
        } catch {
            exitImmediately(1)
        }
    }
}

/// A plan with the open files that it speaks of by index.
struct ReceivedPlan: ~Copyable {
    let plan: InitPlan
    let descriptors: DescriptorList

    consuming func takeDescriptors() -> DescriptorList { descriptors }
}

/// What the steps share: the plan, its open files, and what earlier steps found.
struct Setup: ~Copyable {
    let plan: InitPlan
    let descriptors: DescriptorList
    let channel: ParentChannel
    /// The container's root: first where it was mounted, after the pivot `/`.
    var root: RootDirectory
    /// The environment of the program, with HOME.
    var environment: [String] = []
    /// The program's path as execve gets it.
    var program = ""
    /// When each step was done, where the plan asks for it.
    private(set) var ledger: [LedgerEntry] = []

    init(_ channel: ParentChannel) throws(InitFailure) {
        let root = try during(.start) { () throws(KernelError) in try RootDirectory.current() }
        let received = try channel.receivePlan()
        plan = received.plan
        descriptors = received.takeDescriptors()
        self.channel = channel
        self.root = root
        note("start")
    }

    /// Writes the time into the ledger.
    mutating func note(_ step: StaticString) {
        guard plan.keepsLedger else { return }
        ledger.append(LedgerEntry(step: "\(step)", microseconds: monotonicMicroseconds()))
    }

    /// An open file of the plan. An index that the plan does not have is a broken plan.
    func descriptor(_ index: UInt32, _ step: InitStep) throws(InitFailure) -> FileDescriptor {
        guard Int(index) < descriptors.count else {
            throw InitFailure(step: step, call: "recvmsg", errno: .EBADF, subject: "descriptor \(index) of the plan")
        }
        return descriptors[Int(index)]
    }
}
