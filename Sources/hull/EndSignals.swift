import LinuxKernel
import LinuxTypes

/// What ends a command that would go on for ever: an interrupt, or that nobody reads its output any more.
final class EndSignals {
    private let signals: SignalStream

    /// Blocks the signals for the process, to read them here. Not a hangup: blocked, it would end a command under nohup, which ignores it.
    init() throws(KernelError) {
        let ends: [Signal] = [.interrupt, .terminate]
        try setBlockedSignals(SignalSet(ends + [.brokenPipe]))
        signals = try SignalStream(SignalSet(ends))
    }

    /// Sleeps until it is time to end, one of `others` can be read, or the time is over; nil is for ever. Returns whether it is time to end; `others`
    /// say what they have.
    func hasEnded(_ others: inout [PollEntry], within milliseconds: Int?) throws(KernelError) -> Bool {
        // Of stdout nothing is waited for but that the other end goes.
        var entries = [PollEntry(signals.descriptor), PollEntry(.standardOutput, read: false)] + others
        _ = try waitUntilReady(&entries, milliseconds: milliseconds)
        others = Array(entries[2...])
        return entries[0].canRead || entries[1].hangup
    }
}
