import LinuxKernel
import PodVerbs

/// Tells on a terminal how far a long copy has come. Elsewhere, and of a short one, nothing.
final class CopyProgress {
    private let isTerminal = FileDescriptor.standardError.isTerminal
    private let began = monotonicMicroseconds()
    private var done: UInt64 = 0
    private var drawn: Int64 = 0

    /// Microseconds that nobody needs to be told about.
    private static let short: Int64 = 500_000

    func advanced(by bytes: Int) {
        done += UInt64(bytes)
        guard isTerminal else { return }
        let now = monotonicMicroseconds()
        guard now - began > Self.short, now - drawn > 100_000 else { return }
        drawn = now
        let speed = done * 1_000_000 / UInt64(now - began)
        tell("\r\u{1b}[K\(StatsText.bytes(done)) copied, \(StatsText.bytes(speed))/s")
    }

    /// What is said next has a line of its own.
    func clear() {
        if drawn > 0 { tell("\r\u{1b}[K") }
    }

    private func tell(_ text: String) {
        do throws(KernelError) { try FileDescriptor.standardError.writeAll(text.utf8) } catch {
            // Nobody looks.
        }
    }
}
