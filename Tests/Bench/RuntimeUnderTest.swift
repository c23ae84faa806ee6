/// One runtime and how its verbs are spelled. All three share the grammar of runc; a difference is a line here.
struct RuntimeUnderTest {
    let name: String
    let program: String
    /// Its `--root`.
    let root: String

    /// Whether it is asked for its ledger.
    private var isDebugged = false

    init(name: String, program: String, root: String) {
        self.name = name
        self.program = program
        self.root = root
    }

    private var head: [String] { [program, "--root", root] + (isDebugged ? ["--debug"] : []) }

    /// The same, saying what it does and when.
    var withDebug: RuntimeUnderTest {
        var copy = self
        copy.isDebugged = true
        return copy
    }

    func run(_ id: String, _ bundle: String) -> [String] { head + ["run", "-b", bundle, id] }
    func create(_ id: String, _ bundle: String) -> [String] { head + ["create", "-b", bundle, id] }
    func start(_ id: String) -> [String] { head + ["start", id] }
    func exec(_ id: String, _ command: [String]) -> [String] { head + ["exec", id] + command }
    func state(_ id: String) -> [String] { head + ["state", id] }
    func delete(_ id: String) -> [String] { head + ["delete", id] }
    func deleteForced(_ id: String) -> [String] { head + ["delete", "-f", id] }
    var version: [String] { [program, "--version"] }
}

/// What is measured. Each is one or more invocations of a runtime; what lies between them is not counted.
enum Verb: String, CaseIterable {
    /// `run` of `/bin/true`.
    case run
    /// `create`, `start` and `delete` of `/bin/true`.
    case create
    /// `exec` of `/bin/true` in a running container.
    case exec
    /// `state` of a running container.
    case state

    var title: String { self == .create ? "create+start+delete" : rawValue }

    /// The most that Hull may take, as a part of crun's time (issue 2).
    func target(pause: Int, bundle: BenchBundle.Kind) -> Double {
        switch self {
        case .run where pause > 0: 0.3
        case .run: bundle == .plain ? 0.55 : 0.4
        case .create, .exec: 0.5
        case .state: 1
        }
    }
}
