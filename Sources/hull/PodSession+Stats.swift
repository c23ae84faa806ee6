import CommandSupport
import JournalVerbs
import LinuxKernel
import PodSandbox
import PodVerbs

extension PodSession {
    func tree(_ arguments: PodTreeArguments) throws(Failure) -> ExitCode {
        let pod = try find(arguments.pod)
        let tree = try attempt { () throws(PodError) in try PodTree(pod) }
        if let format = arguments.output {
            try Output.write(one: TreeText.json(of: tree) + [UInt8(ascii: "\n")], as: format)
        } else {
            try Output.write(TreeText.text(of: tree, in: Output.textStyle).utf8)
        }
        return .done
    }

    /// The first sample has no load: it is shown once there is a second.
    func stats(_ arguments: PodStatsArguments) throws(Failure) -> ExitCode {
        let meter = PodMeter(places)
        let ends = try ending { () throws(KernelError) in try EndSignals() }
        var before = try sample(meter, arguments)
        var last = monotonicMicroseconds()
        var wait = Self.firstInterval
        while true {
            var others: [PollEntry] = []
            if try ending({ () throws(KernelError) in try ends.hasEnded(&others, within: wait) }) { return .done }
            let now = try sample(meter, arguments)
            let moment = monotonicMicroseconds()
            let shown = now.map { one in
                one.since(
                    before.first { $0.pod == one.pod && $0.container == one.container }, microseconds: moment - last)
            }
            try print(shown, arguments)
            if arguments.isOnce { return .done }
            before = now
            last = moment
            wait = Int(arguments.interval)
        }
    }

    /// Milliseconds: long enough for the kernel's clocks, short enough for who waits.
    private static let firstInterval = 250

    private func sample(_ meter: PodMeter, _ arguments: PodStatsArguments) throws(Failure) -> [PodFigures] {
        let registry = try registry()
        var pods: [PodState] = []
        if arguments.pods.isEmpty {
            pods = try attempt { () throws(PodError) in try registry.all() }
        } else {
            for name in arguments.pods { pods.append(try find(name)) }
        }
        let chosen = pods
        return try attempt { () throws(PodError) in try meter.read(chosen, containers: arguments.showsContainers) }
    }

    private func print(_ samples: [PodFigures], _ arguments: PodStatsArguments) throws(Failure) {
        if let format = arguments.output { return try Output.write(each: [StatsText.json(samples)], as: format) }
        var text = StatsText.table(samples, containers: arguments.showsContainers, in: Output.textStyle)
        // On a terminal each takes the place of the one before.
        if !arguments.isOnce, FileDescriptor.standardOutput.isTerminal { text = "\u{1b}[H\u{1b}[J" + text }
        try Output.write(text.utf8)
    }

    private func ending<Result: ~Copyable>(_ body: () throws(KernelError) -> Result) throws(Failure) -> Result {
        do throws(KernelError) { return try body() } catch { throw Failure(error, "cannot wait") }
    }
}
