import CommandSupport
import JournalVerbs
import KeeperProtocol
import PodRecords
import PodSandbox
import PodVerbs

/// Containers of a pod, one by one.
extension PodSession {
    func container(_ arguments: ContainerArguments) throws(Failure) -> ExitCode {
        let pod = try find(arguments.pod)
        let uid = pod.sandbox.uid
        try each(arguments.containers) { name throws(Failure) in
            // A keeper takes a name that it does not know for a container that is gone; of a person it is a slip.
            guard pod.plan?.container(name) != nil else {
                throw Failure(
                    "pod '\(arguments.pod)' has no container '\(name)'",
                    hint: "'hull inspect \(arguments.pod)' has its containers",
                    exit: .notFound)
            }
            switch arguments.action {
            case .create: try ask(.createContainer(name, attempt: arguments.attempt), uid)
            case .start:
                if pod.frozenSince != nil {
                    throw Failure("pod '\(arguments.pod)' is frozen", hint: "'hull thaw \(arguments.pod)' first")
                }
                try ask(.startContainer(name, isRepeated: false), uid)
            case .stop: try ask(.stopContainer(name, grace: arguments.grace), uid)
            case .remove: try ask(.removeContainer(name), uid)
            }
            try Output.write("\(name)\n".utf8)
        }
        return .done
    }
}
