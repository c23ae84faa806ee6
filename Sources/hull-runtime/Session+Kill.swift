import CommandSupport
import ContainerRuntime
import LinuxTypes

extension Session {
    /// `kill`: sends a signal to one container or to all that match.
    func kill(_ arguments: KillArguments) throws(RuntimeError) {
        try forEach(arguments.containers) { id throws(RuntimeError) in
            try runtime.kill(id, arguments.signal, all: arguments.all)
        }
    }
}
