import LinuxKernel
import LinuxTypes

extension ContainerInit {
    /// What process 1 of a PID namespace is that several containers share: it reaps whom nobody waits for, and ends when it is asked to, which ends all that
    /// is in the namespace.
    public static func reap() -> Int32 {
        do throws(KernelError) {
            let ends: [Signal] = [.terminate, .interrupt]
            try setBlockedSignals(SignalSet(ends + [.child]))
            let signals = try SignalStream(SignalSet(ends + [.child]))
            while true {
                var entries = [PollEntry(signals.descriptor)]
                _ = try waitUntilReady(&entries, milliseconds: nil)
                while let (signal, _) = try signals.next() { if signal != .child { return 0 } }
                while let ended = try peekEndedChild() { _ = try reapChild(ended) }
            }
        } catch { return 1 }
    }
}
