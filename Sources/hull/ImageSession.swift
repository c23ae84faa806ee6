import CommandSupport
import Digests
import ImageSpec
import ImageStore
import ImageVerbs
import JournalVerbs
import LinuxKernel
import LinuxTypes

/// What the verbs of `hull image` work with.
struct ImageSession {
    let root: HostPath
    let runRoot: HostPath?

    init(_ options: StoreOptions) throws(Failure) {
        guard let root = options.root ?? HostPath(StorePlace.defaultRoot) else { throw Failure("--root is empty", exit: .usage) }
        self.root = root
        runRoot = options.runRoot
    }

    func carryOut(_ command: ImageCommand) throws(Failure) -> ExitCode {
        switch command {
        case .load(let arguments): try load(arguments)
        case .importing(let arguments): try importImage(arguments)
        case .save(let arguments): try save(arguments)
        case .list(let arguments): try list(arguments)
        case .inspect(let arguments): try inspect(arguments)
        case .history(let arguments): try history(arguments)
        case .tree(let arguments): try tree(arguments)
        case .tag(let arguments): try tag(arguments)
        case .remove(let arguments): try remove(arguments)
        case .prune(let arguments): try prune(arguments)
        case .check(let arguments): try check(arguments)
        case .sign(let arguments): try sign(arguments)
        case .verify(let arguments): try verify(arguments)
        case .bundle(let arguments): try bundle(arguments)
        case .unbundle(let arguments): try unbundle(arguments)
        case .mount(let arguments): try mount(arguments)
        case .unmount(let arguments): try unmount(arguments)
        }
    }

    /// The store, to change it; made where it is missing.
    func store(quiet: Bool = false) throws(Failure) -> ImageStore {
        let store: ImageStore
        do throws(ImageError) { store = try ImageStore.open(root: root, runRoot: runRoot) } catch {
            throw Failure(error, "cannot open the images in '\(root)'")
        }
        if !quiet { store.observer = ProgressObserver() }
        return store
    }

    /// The store, to look at it; nil where there is none.
    func storeIfPresent() throws(Failure) -> ImageStore? {
        do throws(ImageError) { return try ImageStore.openIfPresent(root: root, runRoot: runRoot) } catch {
            throw Failure(error, "cannot open the images in '\(root)'")
        }
    }

    /// The store with an image in it, to look at that.
    func store(having name: String) throws(Failure) -> (ImageStore, StoredImage) {
        guard let store = try storeIfPresent() else { throw Failure(.notFound(name), "") }
        return (store, try attempt("cannot find '\(name)'") { () throws(ImageError) in try store.image(name) })
    }

    func attempt<Result>(_ act: String, _ body: () throws(ImageError) -> Result) throws(Failure) -> Result {
        do throws(ImageError) { return try body() } catch { throw Failure(error, act) }
    }

    /// Below this directory images are mounted.
    var mounts: HostPath { (runRoot ?? HostPath(StorePlace.defaultRunRoot) ?? root).appending("images") }

    var now: Int64 { WallTime.now().seconds }
}
