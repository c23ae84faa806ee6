internal import KeeperProtocol
internal import LinuxKernel
internal import LinuxTypes
public import PodRecords

/// Has keepers become the program that lies beside the caller's: after an installation, those that run are still the old one.
public struct KeeperUpgrade {
    private let places: PodPlaces
    private let path: String
    private let program: FileStatus

    public init(_ places: PodPlaces) throws(PodError) {
        self.places = places
        (path, program) = try during("cannot find hull-keeper") { () throws(KernelError) in
            let path = try OwnProgram.sibling("hull-keeper")
            return (path, try FileDescriptor.workingDirectory.statusFollowing(path))
        }
    }

    public enum Outcome: Hashable, Sendable {
        /// It is that program already.
        case current
        case upgraded
        /// The pod has no keeper, and needs none.
        case absent
    }

    /// Milliseconds for a keeper to come to rest and to execute the program.
    private static let patience = 20_000

    public func upgrade(_ pod: PodState) throws(PodError) -> Outcome {
        guard let keeper = pod.sandbox.keeper, let connection = try KeeperConnection(places, pod.sandbox.uid) else {
            return .absent
        }
        if try executes(keeper.pid) { return .current }
        let running = try during("cannot look at the keeper") { () throws(KernelError) in try OwnProgram.path(of: "\(keeper.pid)")
        }
        guard running == path else {
            throw PodError(
                .wrongState, "its keeper, pid \(keeper.pid), is of another installation: '\(running)'",
                hint: "use the 'hull' that lies beside it")
        }
        try connection.send(.reexecute)
        guard try connection.waitForReply(milliseconds: Self.patience) else {
            throw PodError(.failed, "the keeper, pid \(keeper.pid), is busy and does not come to rest", hint: "try again later")
        }
        switch try connection.next() {
        case .failed(let message): throw PodError(.failed, message)
        case .done, .none: break
        default: throw PodError(.failed, "the keeper, pid \(keeper.pid), says something else than was asked")
        }
        // It answers right before.
        for _ in 0..<Self.patience / 10 {
            if try executes(keeper.pid) { return .upgraded }
            pause(milliseconds: 10)
        }
        throw PodError(
            .failed, "the keeper, pid \(keeper.pid), has not become '\(path)'", hint: "'/proc/\(keeper.pid)/exe' names what it is"
        )
    }

    /// Whether a process executes the program. One that has gone does not.
    private func executes(_ pid: Int32) throws(PodError) -> Bool {
        do throws(KernelError) {
            let own = try FileDescriptor.workingDirectory.statusFollowing("/proc/\(pid)/exe")
            return own.device == program.device && own.inode == program.inode
        } catch {
            if [.ENOENT, .ESRCH].contains(error.errno) { return false }
            throw PodError(error, "cannot look at the keeper")
        }
    }
}
