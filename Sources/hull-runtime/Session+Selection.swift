import CommandSupport
import ContainerRuntime
import OCISpec

extension Session {
    /// Does something to each container of a selection. One that fails does not keep the others from it; the last failure is thrown, those before
    /// are warnings.
    func forEach(_ selection: ContainerSelection, _ body: (String) throws(RuntimeError) -> Void) throws(RuntimeError) {
        guard case .matching(let pattern) = selection else {
            if case .one(let id) = selection { try body(id) }
            return
        }
        var failure: RuntimeError?
        for state in try runtime.list(mustExist: false) where pattern.matches(state.id) {
            do throws(RuntimeError) { try body(state.id) } catch {
                if let failure { log.write(.warning, failure.description) }
                failure = error
            }
        }
        if let failure { throw failure }
    }
}
