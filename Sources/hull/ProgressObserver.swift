import CommandSupport
import ImageStore
import ImageVerbs
import LinuxKernel
import LinuxTypes

/// Tells on stderr how a load gets on: a bar on a terminal, elsewhere a line for each step.
final class ProgressObserver: LoadObserver {
    private let isTerminal = FileDescriptor.standardError.isTerminal
    private var step: LoadStep?
    private var done: Int64 = 0
    private var began: Int64 = 0
    private var drawn: Int64 = 0

    func began(_ step: LoadStep) {
        self.step = step
        done = 0
        began = monotonicMicroseconds()
        drawn = 0
        if isTerminal { draw() } else { tell(ProgressLine.plain(step) + "\n") }
    }

    func advanced(by bytes: Int) {
        done += Int64(bytes)
        guard isTerminal, monotonicMicroseconds() - drawn > 100_000 else { return }
        draw()
    }

    func ended() {
        step = nil
        if isTerminal { tell("\r\u{1b}[K") }
    }

    func note(_ line: String) {
        if isTerminal { tell("\r\u{1b}[K") }
        Log.plain.write(.warning, line)
    }

    private func draw() {
        guard let step else { return }
        drawn = monotonicMicroseconds()
        var columns = 80
        do throws(KernelError) { columns = Int(try FileDescriptor.standardError.terminalSize().columns) } catch {
            // One that has no size is as wide as ever.
        }
        let line = ProgressLine.text(step, done: done, microseconds: drawn - began, columns: max(20, columns - 1))
        tell("\r\u{1b}[K" + line)
    }

    private func tell(_ text: String) {
        do throws(KernelError) { try FileDescriptor.standardError.writeAll(text.utf8) } catch {
            // Nobody looks.
        }
    }
}
