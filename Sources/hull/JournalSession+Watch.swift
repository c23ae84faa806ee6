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
        var isNews = true
        while isNews {
            // Order: before the look, or a lease that ends in between is slept through.
            let leases: LeaseSignal
            do throws(JournalError) { leases = try journal.leaseSignal() } catch { throw Failure(error, "cannot watch") }
            try endLeases(journal)
            let batch: EventBatch
            do throws(JournalError) { batch = try watch.poll() } catch { throw try canceled(error, style) }
            let marks = batch.gaps.map { "\($0)" } + Marks.lines(batch.events.map(\.keyValue))
            if !marks.isEmpty { exit = mark(marks) }
            let bytes = EventText.bytes(batch, style, showsProgress: arguments.showsProgress && !isFirst)
            isFirst = false
            if !bytes.isEmpty { try Output.write(bytes) }
            isNews = try waiting.hasNews(leases)
        }
        return exit
    }

    /// Ends leases that have expired while nobody wrote. It is all that a watch ever writes, and where it cannot, it says so and the next writer does it.
    private func endLeases(_ journal: Journal) throws(Failure) {
        var expired: [LeaseID] = []
        do throws(JournalError) { expired = try journal.leases().filter(\.isExpired).map(\.id) } catch {
            // Leases that a newer program keeps are its own affair.
            guard case .newerFormat = error else { throw Failure(error, "cannot read the leases") }
        }
        if expired.isEmpty { return }
        do throws(Failure) {
            let writer = try place.openForWriting(isMade: false)
            do throws(JournalError) { try writer.endLeases() } catch { throw Failure(error, "cannot delete its keys") }
        } catch {
            let cause = error.message ?? ""
            for id in expired {
                Log.plain.write(.warning, "lease \(id) has expired; the next writer deletes its keys: \(cause)")
            }
        }
    }

    private func canceled(_ error: JournalError, _ style: PrintStyle) throws(Failure) -> Failure {
        if case .compacted(let revision) = error { try Output.write(EventText.canceled(revision, style)) }
        return Failure(error, "watch was canceled")
    }
}

/// Waits for what may end or continue a watch: a writer, a signal, a reader that goes.
struct EventWaiting: ~Copyable {
    private let writes: ModificationWatch
    private let ends: EndSignals

    private init(_ writes: consuming ModificationWatch, _ ends: EndSignals) {
        self.writes = writes
        self.ends = ends
    }

    static func begin(_ runDirectory: HostPath) throws(Failure) -> EventWaiting {
        do throws(KernelError) {
            let ends = try EndSignals()
            let writes = try ModificationWatch()
            try writes.add(runDirectory.string)
            return EventWaiting(writes, ends)
        } catch {
            if error.errno == .EMFILE, error.call == "inotify_init1" {
                throw Failure(
                    "cannot watch: \(error)",
                    hint: "this user's inotify instances are used up: raise fs.inotify.max_user_instances")
            }
            throw Failure(error, "cannot watch")
        }
    }

    /// Sleeps until something was written, which may be of no interest, or a lease ended; false where it is time to end.
    func hasNews(_ leases: borrowing LeaseSignal) throws(Failure) -> Bool {
        var entries = [PollEntry(writes.descriptor)] + leases.entries
        do throws(KernelError) {
            while true {
                if try ends.hasEnded(&entries, within: nil) { return false }
                if try writes.take() || entries[1...].contains(where: \.canRead) { return true }
            }
        } catch { throw Failure(error, "cannot wait for writers") }
    }
}
