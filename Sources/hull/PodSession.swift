import CommandSupport
import JournalVerbs
import LinuxKernel
import LinuxTypes
import PodRecords
import PodSandbox
import PodVerbs

/// What the verbs on pods work with.
struct PodSession {
    let places: PodPlaces

    init(_ options: StoreOptions) throws(Failure) { places = try PodPlaces(options) }

    func carryOut(_ command: PodCommand) throws(Failure) -> ExitCode {
        switch command {
        case .run(let arguments): try run(arguments)
        case .plan(let arguments): try plan(arguments)
        case .list(let arguments): try list(arguments)
        case .inspect(let arguments): try inspect(arguments)
        case .logs(let arguments): try logs(arguments)
        case .exec(let arguments): try exec(arguments)
        case .attach(let arguments): try attach(arguments)
        case .container(let arguments): try container(arguments)
        case .stop(let arguments): try stop(arguments)
        case .restart(let arguments): try restart(arguments)
        case .remove(let arguments): try remove(arguments)
        case .wait(let arguments): try wait(arguments)
        case .audit(let arguments): try audit(arguments)
        case .tree(let arguments): try tree(arguments)
        case .stats(let arguments): try stats(arguments)
        case .copy(let arguments): try copy(arguments)
        case .forward(let arguments): try forward(arguments)
        case .freeze(let arguments): try freeze(arguments)
        case .thaw(let arguments): try thaw(arguments)
        case .label(let arguments): try label(arguments)
        case .apply(let arguments): try apply(arguments)
        case .config(let arguments): try config(arguments)
        case .volume(let arguments): try volume(arguments)
        case .resize(let arguments): try resize(arguments)
        case .history(let arguments): try history(arguments)
        case .events(let arguments): try events(arguments)
        case .why(let arguments): try why(arguments)
        case .recover(let arguments): try recover(arguments)
        case .upgrade(let arguments): try upgrade(arguments)
        }
    }

    func registry(isWritable: Bool = false) throws(Failure) -> PodRegistry {
        try attempt { () throws(PodError) in try PodRegistry(places, isWritable: isWritable) }
    }

    func find(_ name: String) throws(Failure) -> PodState {
        let registry = try registry()
        return try attempt { () throws(PodError) in try registry.find(PodReference(name)) }
    }

    func attempt<Result: ~Copyable>(_ body: () throws(PodError) -> Result) throws(Failure) -> Result {
        do throws(PodError) { return try body() } catch { throw Failure(error) }
    }

    /// A line for people on stderr.
    func note(_ line: String) { Log.plain.write(.info, line) }

    /// Does something to each of several pods, or what names them; goes on after one that fails, and tells each failure but the last at once.
    func each<Item>(_ items: [Item], _ body: (Item) throws(Failure) -> Void) throws(Failure) {
        var failure: Failure?
        for item in items {
            do throws(Failure) { try body(item) } catch {
                if let message = failure?.message { Log.plain.fail(message, hint: failure?.hint) }
                failure = error
            }
        }
        if let failure { throw failure }
    }
}

extension Failure {
    init(_ error: PodError) {
        let exit: ExitCode =
            switch error.kind {
            case .invalid: .usage
            case .missing: .notFound
            case .compacted: .compacted
            case .exists, .wrongState, .noKeeper, .failed: .failed
            }
        self.init(error.message, hint: error.hint, exit: exit)
    }
}

extension PodPlaces {
    /// What the options name, by paths that mean the same wherever a process is.
    init(_ options: StoreOptions) throws(Failure) {
        do throws(PodError) { self = try PodPlaces.absolute(root: options.root, runRoot: options.runRoot) } catch {
            throw Failure(error)
        }
    }
}
