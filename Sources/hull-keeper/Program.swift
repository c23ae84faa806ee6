import Keeper
import LinuxKernel
import LinuxTypes
import PodRecords

/// `hull-keeper`: keeps one pod. `hull` starts it, and it starts itself when it becomes another version; people do not.
@main
enum Program {
    static func main() {
        guard let arguments = Arguments(Array(CommandLine.arguments.dropFirst())), let uid = PodUID(arguments.uid) else {
            exitImmediately(2)
        }
        do throws(KeeperError) {
            try settle(arguments)
            let keeper = try Keeper(
                PodPlaces(root: HostPath(arguments.root ?? ""), runRoot: HostPath(arguments.runRoot ?? "")), uid,
                workerProgram: try workerProgram(), worker: arguments.worker, arguments.inheritance)
            if keeper.hasPredecessor { Orphans.end(uid) }
            tell("ready", arguments)
            try keeper.run()
            OwnCgroup.leave(uid, milliseconds: 1000)
        } catch {
            if case .taken = error { tell("taken", arguments) } else { tell("\(error)", arguments) }
            // It may be the last one there: of a pod that was removed meanwhile, or whose keeper is going just now.
            OwnCgroup.leave(uid, milliseconds: 50)
            exitImmediately(1)
        }
        exitImmediately(0)
    }

    /// What was handed over stays with this process; nothing of ours is for others to read.
    private static func settle(_ arguments: Arguments) throws(KeeperError) {
        do throws(KernelError) {
            for descriptor in arguments.kept { try descriptor.setCloseOnExec(true) }
        } catch { throw .kernel(error, doing: "cannot settle") }
        setFileCreationMask(0o077)
    }

    private static func workerProgram() throws(KeeperError) -> String {
        do throws(KernelError) { return try OwnProgram.sibling("hull") } catch {
            throw .kernel(error, doing: "cannot find hull")
        }
    }

    /// One word, or a line of what is wrong, for who waits on the pipe.
    private static func tell(_ text: String, _ arguments: Arguments) {
        guard let ready = arguments.ready else { return }
        do throws(KernelError) { try ready.writeAll(Array(text.utf8)) } catch {
            // Nobody waits any more.
        }
        ready.close()
    }
}
