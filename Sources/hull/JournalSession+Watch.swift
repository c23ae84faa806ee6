import CommandSupport
import Journal
import JournalVerbs
import LinuxKernel
import LinuxTypes

extension JournalSession {
    /// `watch`: until an interrupt, or until nobody reads any more.
    func watch(_ arguments: WatchArguments) throws(Failure) -> ExitCode {
        let journal = try place.openForReading()
        // Order: before the first look, or what is written in between is slept through.
        let waiting = try EventWaiting.begin(try place.madeRunDirectory())
        let style = Output.style(arguments.format)
        var exit = ExitCode.done
        let watch: Watch
        do throws(JournalError) {
            watch = try journal.watch(arguments.keys, from: arguments.from, wantsPrevious: arguments.wantsPrevious)
        } catch { throw try canceled(error, style) }
        var isFirst = true
        repeat {
            let batch: EventBatch
            do throws(JournalError) { batch = try watch.poll() } catch { throw try canceled(error, style) }
            let marks = batch.gaps.map { "\($0)" } + Marks.lines(batch.events.map(\.keyValue))
            if !marks.isEmpty { exit = mark(marks) }
            let bytes = EventText.bytes(batch, style, showsProgress: arguments.showsProgress && !isFirst)
            isFirst = false
            if !bytes.isEmpty { try Output.write(bytes) }
        } while try waiting.hasNews()
        return exit
    }

    private func canceled(_ error: JournalError, _ style: PrintStyle) throws(Failure) -> Failure {
        if case .compacted(let revision) = error { try Output.write(EventText.canceled(revision, style)) }
        return Failure(error, "watch was canceled")
    }
}

/// Waits for what may end or continue a watch: a writer, a signal, a reader that goes.
struct EventWaiting: ~Copyable {
    private let writes: ModificationWatch
    private let signals: SignalStream

    private init(_ writes: consuming ModificationWatch, _ signals: consuming SignalStream) {
        self.writes = writes
        self.signals = signals
    }

    static func begin(_ runDirectory: HostPath) throws(Failure) -> EventWaiting {
        do throws(KernelError) {
            // Not a hangup: blocked, it would end a watch under nohup, which ignores it.
            let ends: [Signal] = [.interrupt, .terminate]
            try setBlockedSignals(SignalSet(ends + [.brokenPipe]))
            let writes = try ModificationWatch()
            try writes.add(runDirectory.string)
            return EventWaiting(writes, try SignalStream(SignalSet(ends)))
        } catch {
            if error.errno == .EMFILE, error.call == "inotify_init1" {
                throw Failure(
                    "cannot watch: \(error)",
                    hint: "this user's inotify instances are used up: raise fs.inotify.max_user_instances")
            }
            throw Failure(error, "cannot watch")
        }
    }

    /// Sleeps until something was written, which may be of no interest; false where it is time to end.
    func hasNews() throws(Failure) -> Bool {
        var entries = [
            PollEntry(writes.descriptor), PollEntry(signals.descriptor),
            // Nothing is waited for but that the other end goes.
            PollEntry(.standardOutput, read: false),
        ]
        do throws(KernelError) {
            while true {
                _ = try waitUntilReady(&entries, milliseconds: nil)
                if entries[1].canRead || entries[2].hangup { return false }
                if try writes.take() { return true }
            }
        } catch { throw Failure(error, "cannot wait for writers") }
    }
}
