import LinuxTypes

/// What the command line asks to measure. `usage` has it for people.
struct Options {
    /// Measurements per runtime, verb, bundle and pause.
    var rounds = 50
    /// Milliseconds of quiet before each measurement; 0 is back to back.
    var pauses = [0, 200]
    var bundles: [BenchBundle.Kind] = [.plain, .seccomp]
    var verbs: [Verb] = Verb.allCases
    var runtimes: [String] = ["hull", "crun", "runc"]
    /// Where the programs lie, by the name of the runtime.
    var programs = ["hull": "hull-runtime", "crun": "/usr/bin/crun", "runc": "/usr/sbin/runc"]
    var rootfs = ""
    /// A directory for bundles and states; made by the caller, who removes it.
    var work = ""
    var crowd = 100
    var flatCount = 1000
    var skipsCrowd = false
    var skipsMemory = false
    var skipsSteps = false
    var json: String?
    var markdown: String?

    static let usage = """
        usage: hull-bench --work DIR --rootfs DIR [options]
          --rounds N          measurements of each kind (50)
          --pause MS,…        quiet before each measurement (0,200)
          --bundle NAME,…     plain, seccomp, user (plain,seccomp)
          --verbs NAME,…      run, create, exec, state (all)
          --runtimes NAME,…   hull, crun, runc (all)
          --program NAME=PATH where a runtime lies (repeatable)
          --crowd N           containers started at once (100)
          --flat N            containers started one after another (1000)
          --no-crowd          neither of the two
          --no-memory         no memory limits, no peaks
          --no-steps          not where the time goes
          --json FILE, --markdown FILE

        """

    /// Throws what is wrong, in words.
    init(_ arguments: some Sequence<String>) throws(BenchError) {
        var rest = Array(arguments)[...]
        while let option = rest.popFirst() {
            switch option {
            case "--no-crowd": skipsCrowd = true
            case "--no-memory": skipsMemory = true
            case "--no-steps": skipsSteps = true
            default:
                guard let value = rest.popFirst() else { throw BenchError("\(option) needs a value") }
                try set(option, value)
            }
        }
        guard !work.isEmpty, !rootfs.isEmpty else { throw BenchError("--work and --rootfs are needed") }
    }

    private mutating func set(_ option: String, _ value: String) throws(BenchError) {
        let words = value.split(separator: ",").map(String.init)
        switch option {
        case "--rounds": rounds = try Self.count(value)
        case "--pause": pauses = try words.map { word throws(BenchError) in try Self.count(word) }
        case "--bundle": bundles = try words.map { word throws(BenchError) in try Self.known(word) }
        case "--verbs": verbs = try words.map { word throws(BenchError) in try Self.known(word) }
        case "--runtimes": runtimes = words
        case "--program":
            let parts = value.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw BenchError("--program wants NAME=PATH, not '\(value)'") }
            programs[parts[0]] = parts[1]
        case "--crowd": crowd = try Self.count(value)
        case "--flat": flatCount = try Self.count(value)
        case "--rootfs": rootfs = value
        case "--work": work = value
        case "--json": json = value
        case "--markdown": markdown = value
        default: throw BenchError("unknown option '\(option)'")
        }
    }

    private static func count(_ word: String) throws(BenchError) -> Int {
        guard let number = Int(word), number >= 0 else { throw BenchError("'\(word)' is no count") }
        return number
    }

    private static func known<Choice: RawRepresentable<String>>(_ word: String) throws(BenchError) -> Choice {
        guard let choice = Choice(rawValue: word) else { throw BenchError("'\(word)' is not known here") }
        return choice
    }
}

/// Why a measurement could not be made, in words.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
