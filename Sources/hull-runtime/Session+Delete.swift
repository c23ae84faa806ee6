import CommandSupport
import ContainerRuntime

extension Session {
    /// `delete`: removes one container or all that match.
    func delete(_ arguments: DeleteArguments) throws(RuntimeError) {
        try forEach(arguments.containers) { id throws(RuntimeError) in
            try runtime.delete(id, force: arguments.force)
        }
    }
}
