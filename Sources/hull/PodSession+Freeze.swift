import CommandSupport
import JournalVerbs
import KeeperProtocol
import PodRecords
import PodSandbox
import PodVerbs

extension PodSession {
    func freeze(_ arguments: WaitPodArguments) throws(Failure) -> ExitCode {
        try each(arguments.pods) { name throws(Failure) in
            let pod = try find(name)
            try attempt { () throws(PodError) in try PodFreezer(places).freeze(pod) }
            try Output.write("\(name)\n".utf8)
        }
        return .done
    }

    func thaw(_ arguments: WaitPodArguments) throws(Failure) -> ExitCode {
        try each(arguments.pods) { name throws(Failure) in
            let pod = try find(name)
            try attempt { () throws(PodError) in try PodFreezer(places).thaw(pod.sandbox.uid) }
            try Output.write("\(name)\n".utf8)
        }
        return .done
    }

    func label(_ arguments: LabelArguments) throws(Failure) -> ExitCode {
        let pod = try find(arguments.pod)
        for change in arguments.changes {
            guard let old = pod.sandbox.labels.first(where: { $0.key == change.key }) else { continue }
            guard arguments.overwrites || change.value == nil || change.value == old.value else {
                throw Failure(
                    "pod '\(arguments.pod)' has the label '\(old.key)' already, with the value '\(old.value)'",
                    hint: "--overwrite gives it another")
            }
        }
        let uid = pod.sandbox.uid
        try ask(.label(arguments.changes.map { LabelChange(key: $0.key, value: $0.value) }), uid)
        if !pod.hasSandbox { dropKeeperCgroup(uid) }
        try Output.write("\(arguments.pod)\n".utf8)
        guard pod.hasSandbox else { return .done }
        let registry = try registry()
        // Order: last. It leaves the working directory.
        try attempt { () throws(PodError) in try VolumeRefresh.refreshLabels(of: uid, registry) }
        return .done
    }
}
