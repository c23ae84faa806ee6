import CommandSupport
import JournalVerbs
import LinuxKernel
import PodRecords
import PodSandbox
import PodSpec

/// Pods that `run` refuses leave no record but why: `hull why` and `hull events` tell it.
extension PodSession {
    /// Does something that refuses pods where it fails.
    func refusing<Result>(_ pods: [Pod], _ body: () throws(PodError) -> Result) throws(Failure) -> Result {
        do throws(PodError) { return try body() } catch {
            record(pods, error.message, error.hint, error.fault)
            throw Failure(error)
        }
    }

    /// The same where an error has no word of its own.
    func refusing(_ pods: [Pod], _ fault: Fault, _ body: () throws(Failure) -> Void) throws(Failure) {
        do throws(Failure) { try body() } catch {
            record(pods, error.message ?? "", error.hint, fault)
            throw error
        }
    }

    private func record(_ pods: [Pod], _ message: String, _ hint: String?, _ fault: Fault?) {
        do throws(Failure) {
            let registry = try registry(isWritable: true)
            for pod in pods {
                let refusal = Refusal(
                    namespace: pod.metadata.namespace, name: pod.metadata.name, message: message,
                    hint: hint ?? "", fault: fault, at: wallNanoseconds())
                try attempt { () throws(PodError) in try registry.record(refusal) }
            }
        } catch {
            Log.plain.write(.warning, "the refusal is not recorded: \(error.message ?? "")")
        }
    }
}
