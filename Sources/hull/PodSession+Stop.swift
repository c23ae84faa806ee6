import JournalVerbs
import KeeperProtocol
import LinuxKernel
import PodRecords
import PodSandbox
import PodVerbs

extension PodSession {
    func stop(_ arguments: StopPodArguments) throws(Failure) -> ExitCode {
        try each(arguments.pods) { name throws(Failure) in
            let pod = try find(name)
            guard pod.sandbox.phase != .stopped || pod.sandbox.goal == .running else { return try Output.write("\(name)\n".utf8) }
            try ask(.stop(grace: arguments.grace), pod.sandbox.uid) { reason throws(Failure) in
                try stopWithoutKeeper(pod, .stopped, arguments.grace, reason)
            }
            dropKeeperCgroup(pod.sandbox.uid)
            try Output.write("\(name)\n".utf8)
        }
        return .done
    }

    func restart(_ arguments: StopPodArguments) throws(Failure) -> ExitCode {
        try each(arguments.pods) { name throws(Failure) in
            let pod = try find(name)
            try ask(.restart(grace: arguments.grace), pod.sandbox.uid)
            try Output.write("\(name)\n".utf8)
        }
        return .done
    }

    func remove(_ arguments: RemovePodArguments) throws(Failure) -> ExitCode {
        try each(arguments.pods) { name throws(Failure) in
            let pod: PodState
            do throws(Failure) { pod = try find(name) } catch {
                guard arguments.force, error.exit == .notFound else { throw error }
                let registry = try registry()
                return try attempt { () throws(PodError) in try KeeperTraces.remove(registry) }
            }
            guard arguments.force || pod.isLost || pod.sandbox.phase == .stopped else {
                throw Failure("pod '\(name)' runs", hint: "'hull stop \(name)' first, or 'hull rm -f \(name)'")
            }
            try removePod(pod.sandbox.uid, grace: arguments.grace)
            try Output.write("\(name)\n".utf8)
        }
        return .done
    }

    func removePod(_ uid: PodUID, grace: UInt32?) throws(Failure) {
        do throws(Failure) {
            try ask(.remove(grace: grace), uid) { reason throws(Failure) in
                let registry = try registry()
                guard let pod = try attempt({ () throws(PodError) in try registry.state(of: uid) }) else { return }
                try stopWithoutKeeper(pod, .removed, grace, reason)
                throw Failure(
                    "pod '\(pod.sandbox.name)' does not run any more, but is not removed: \(reason.message)", hint: reason.hint)
            }
        } catch {
            // Its keeper was killed after the last record had gone, or somebody else has removed it.
            let registry = try registry()
            guard try attempt({ () throws(PodError) in try registry.state(of: uid) }) == nil else { throw error }
        }
        dropKeeperCgroup(uid)
    }

    private func stopWithoutKeeper(
        _ pod: PodState, _ goal: SandboxRecord.Goal, _ grace: UInt32?, _ reason: PodError
    ) throws(Failure) {
        note("\(reason.message): what pod '\(pod.sandbox.name)' runs is ended without a keeper, and how it ends is not recorded")
        try attempt { () throws(PodError) in try KeeperlessStop(places).stop(pod, goal, grace: grace) }
    }

    /// Asks the pod's keeper for something, and does something else where none can be started.
    private func ask(
        _ request: KeeperRequest, _ uid: PodUID, orElse body: (PodError) throws(Failure) -> Void
    ) throws(Failure) {
        let reason: PodError
        do throws(PodError) { return try KeeperQuestion.ask(request, places, uid) { note($0) } } catch { reason = error }
        guard reason.kind == .noKeeper else { throw Failure(reason) }
        try body(reason)
    }

    /// The keeper is on its way out; whoever comes next takes away what stays now.
    func dropKeeperCgroup(_ uid: PodUID) {
        do throws(PodError) { try KeeperCgroup.removeIfEmpty(uid) } catch { note("\(error)") }
    }

    func wait(_ arguments: WaitPodArguments) throws(Failure) -> ExitCode {
        var result = ExitCode.done
        for name in arguments.pods where try !awaitEnd(of: find(name).sandbox.uid) { result = .failed }
        return result
    }

    /// Whether it succeeded. One that was removed meanwhile has done so by its own wish, or by somebody else's.
    func awaitEnd(of uid: PodUID) throws(Failure) -> Bool {
        let registry = try registry()
        func state() throws(Failure) -> PodState? { try attempt { () throws(PodError) in try registry.state(of: uid) } }
        if let before = try state(), before.sandbox.phase != .stopped || before.sandbox.goal != .stopped {
            do throws(Failure) { try ask(.waitForEnd, uid) } catch {
                // Removed in this moment: the keeper that would have told is gone with it.
                guard try state() == nil else { throw error }
            }
        }
        if let after = try state() { return after.phase == .succeeded }
        dropKeeperCgroup(uid)
        return try attempt { () throws(PodError) in try registry.lastRecord(of: uid) }?.reason == "Succeeded"
    }
}
