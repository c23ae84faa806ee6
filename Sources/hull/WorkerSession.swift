import CommandSupport
import JournalVerbs
import LinuxKernel
import PodRecords
import PodSandbox

/// `hull worker`: what a keeper starts for all that may block. Its standard input is the socket on which the jobs come.
enum WorkerSession {
    static func run(_ reader: consuming ArgumentReader, _ store: StoreOptions) throws(UsageError) -> (PodPlaces, PodUID) {
        var store = store
        var words = reader
        while let token = try words.read(StoreOptions.options) {
            if try store.take(token, words) { continue }
            guard case .operand(let word) = token, let uid = PodUID(word) else { break }
            return (PodPlaces(root: store.root, runRoot: store.runRoot), uid)
        }
        throw words.wrong("'worker' is started by hull-keeper, not by people")
    }

    static func work(_ places: PodPlaces, _ uid: PodUID) throws(Failure) {
        do throws(PodError) { try PodWorker.work(places, uid) } catch { throw Failure("\(error)") }
    }
}
