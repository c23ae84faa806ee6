internal import InitProtocol
internal import KeeperProtocol
internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords

/// Somebody connected to a keeper's socket.
final class Client {
    /// What it waits for.
    enum Waiting: Hashable {
        case nothing
        case condition(Condition)
        /// The output of a container.
        case output(container: String, takesInput: Bool)
        /// The keeper's own next life.
        case reexecution
    }

    private let socket: OwnedDescriptor
    let asker: PodRequest.Asker
    var waiting = Waiting.nothing
    /// Whether it is to be let go: it has gone itself, is too slow, or talks nonsense.
    private(set) var isGone = false

    init(_ socket: consuming OwnedDescriptor, _ asker: PodRequest.Asker) throws(KernelError) {
        try socket.descriptor.setNonblocking(true)
        self.asker = asker
        self.socket = socket
    }

    var descriptor: FileDescriptor { socket.descriptor }

    /// Never waits: who does not read what was sent to it before has lost its place.
    func send(_ reply: KeeperReply) {
        guard !isGone else { return }
        do throws(KernelError) { try socket.descriptor.send(reply.wireBytes) } catch { isGone = true }
    }

    /// What it says now. nil where there is nothing, and when it has gone.
    func next() -> KeeperRequest? {
        do throws(KernelError) {
            let message = try socket.descriptor.receive(capacity: KeeperRequest.sizeLimit, subject: "a client")
            guard !message.bytes.isEmpty else {
                isGone = true
                return nil
            }
            return read(message.bytes)
        } catch {
            if error.errno != .EAGAIN { isGone = true }
            return nil
        }
    }

    private func read(_ message: [UInt8]) -> KeeperRequest? {
        do throws(WireError) {
            if let request = try KeeperRequest.read(message) { return request }
            let versions = "\(KeeperRequest.oldestVersion) to \(KeeperRequest.version)"
            let remedy = "'hull upgrade' has it become the program that is installed"
            send(.failed("this keeper speaks versions \(versions) of its protocol, the client another: \(remedy)"))
        } catch {
            send(.failed("the client says something unknown"))
        }
        isGone = true
        return nil
    }
}
