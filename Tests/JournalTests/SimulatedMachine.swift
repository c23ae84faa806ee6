import LinuxKernel
import LinuxTypes

@testable import Journal

/// What goes wrong at one operation of the disk.
enum Fault: Equatable {
    /// The process ends there; a write may have reached the kernel in part.
    case crash
    /// The call fails once; a write may have happened in part, or wholly.
    case error(Errno)
}

/// A machine with a disk and a memory file system, on which processes run one after the other or side by side.
final class SimulatedMachine {
    let store = Volume()
    private(set) var run = Volume()
    let clock = SimulatedClock()
    private(set) var boot = Identifier(first: 1, second: 1)
    private var generator: SeededGenerator

    /// Operations since the start.
    private(set) var operations = 0
    /// The operation at which something goes wrong, and what.
    var faultAt = Int.max
    var fault = Fault.crash
    /// Or: the next call of this name is the one.
    var faultCall: String?
    /// Whether the fault was met.
    private(set) var isFaultMet = false
    /// Whether only operations that change something count.
    var countsReads = false
    /// `sync` says yes and does nothing.
    var liesAboutSync = false
    /// What others do before each operation that changes something, while whoever does it is stopped there.
    var whenStepping: (() -> Void)?
    private(set) var isDead = false

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        run.isMemory = true
    }

    /// The process ends here and now: nothing that it still does reaches a file.
    func end() { isDead = true }

    /// The process was killed: what it wrote stays, what it held is let go.
    func killProcess() {
        isDead = false
        store.locks = [:]
        run.locks = [:]
        faultAt = .max
    }

    /// The power failed, and the machine starts again.
    func cutPower(keeping kept: PowerCut) {
        killProcess()
        store.cutPower(keeping: kept, &generator)
        reboot()
    }

    /// As after a proper shutdown: everything was written.
    func reboot() {
        loseRunDirectory()
        boot = Identifier(first: boot.first + 1, second: 1)
    }

    /// What lay in memory only is gone although the machine goes on.
    func loseRunDirectory() {
        run = Volume()
        run.isMemory = true
    }

    /// A process opens the store.
    func open(_ change: (inout LogOptions) -> Void = { _ in }) throws(JournalError) -> Journal {
        var options = LogOptions()
        options.segmentSize = 12 << 10
        options.reservation = 8
        options.clock = clock
        change(&options)
        return try Journal(
            disk: SimulatedDisk(self, store), runtime: SimulatedDisk(self, run), boot: boot, options: options)
    }

    /// Counts an operation. Throws where it is the one that fails, after `partly` has done a random part of it.
    func step(
        _ call: String, isReading: Bool = false, partly: (inout SeededGenerator) -> Void = { _ in }
    ) throws(KernelError) {
        let dead = KernelError(call: call, errno: .EINTR, subject: "the process is dead")
        if isDead { throw dead }
        if !isReading, let others = whenStepping {
            whenStepping = nil
            others()
            whenStepping = others
            if isDead { throw dead }
        }
        if isReading, !countsReads { return }
        operations += 1
        guard operations == faultAt || faultCall == call else { return }
        isFaultMet = true
        faultCall = nil
        partly(&generator)
        switch fault {
        case .crash:
            isDead = true
            throw dead
        case .error(let errno): throw KernelError(call: call, errno: errno, subject: "simulated")
        }
    }
}
