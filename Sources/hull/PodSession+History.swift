import CommandSupport
import Journal
import JournalVerbs
import LinuxKernel
import LinuxTypes
import PodRecords
import PodSandbox
import PodVerbs

/// What was.
extension PodSession {
    /// The pods as they were; nil is now.
    func registry(at moment: PastMoment?) throws(Failure) -> PodRegistry {
        let registry = try registry()
        guard let moment else { return registry }
        return registry.looking(at: try revision(at: moment, registry))
    }

    private func revision(at moment: PastMoment, _ registry: PodRegistry) throws(Failure) -> Revision {
        if case .revision(let revision) = moment { return revision }
        let time = try nanoseconds(of: moment)
        return try attempt { () throws(PodError) in try registry.revision(at: time) }
    }

    /// When it was, nanoseconds since 1970; of a revision, whose time nobody asked for, now.
    func nanoseconds(of moment: PastMoment?) throws(Failure) -> Int64 {
        switch moment {
        case .time(let time): return time
        case .ago(let age): return wallNanoseconds() - min(age, wallNanoseconds())
        case .revision, nil: return wallNanoseconds()
        }
    }

    func history(_ arguments: HistoryPodArguments) throws(Failure) -> ExitCode {
        let registry = try registry()
        let history = try attempt { () throws(PodError) in try registry.history(of: PodReference(arguments.pod)) }
        for mark in history.marks { Log.plain.write(.warning, mark) }
        if !history.earlier.isEmpty, arguments.output == nil {
            note("earlier pods of this name: \(history.earlier.map(\.string).joined(by: ", "))")
        }
        var changes = history.changes
        if let at = arguments.at {
            let revision = try revision(at: at, registry)
            guard history.compacted <= revision else {
                throw Failure(JournalError.compacted(history.compacted), "cannot look back at the pod")
            }
            changes = history.state(at: revision)
            guard !changes.isEmpty else {
                throw Failure(
                    "there was no pod '\(arguments.pod)' then", hint: "'hull history' without --at says when it came",
                    exit: .notFound)
            }
        }
        if let format = arguments.output {
            try Output.write(each: changes.map(ChangeText.json), as: format)
        } else {
            try Output.write(ChangeText.table(changes, in: Output.textStyle).utf8)
        }
        return history.marks.isEmpty ? .done : .marked
    }

    func events(_ arguments: EventsArguments) throws(Failure) -> ExitCode {
        guard let journal = try openJournal() else {
            throw Failure(
                "nothing was ever recorded", hint: "'hull run' records the first pod; --root names another place", exit: .notFound
            )
        }
        // Order: before the first look, or what is written in between is slept through.
        let waiting: EventWaiting? = arguments.isFollowing ? try EventWaiting.begin(try madeRunDirectory()) : nil
        var uid: PodUID?
        if let pod = arguments.pod { uid = try self.uid(of: pod) }
        let range = uid.map { KeyRange.prefix(PodKeys.sandbox($0)) } ?? KeyRange.all
        let watch: Watch
        do throws(JournalError) {
            let from = arguments.from ?? (arguments.isFollowing ? nil : journal.compactedRevision + 1)
            watch = try journal.watch(range, from: from)
        } catch { throw try canceled(error, arguments) }
        var reader = ChangeReader(journal)
        let style = Output.textStyle
        var exit = ExitCode.done
        while true {
            // Order: before the look, or a lease that ends in between is slept through.
            let leases: LeaseSignal
            do throws(JournalError) { leases = try journal.leaseSignal() } catch { throw Failure(error, "cannot watch") }
            let batch: EventBatch
            do throws(JournalError) { batch = try watch.poll() } catch { throw try canceled(error, arguments) }
            let changes = batch.events.flatMap { reader.take($0) }.filter { uid == nil || $0.uid == uid }
            let marks = batch.gaps.map { "\($0)" } + reader.takeMarks()
            for mark in marks { Log.plain.write(.warning, mark) }
            if !marks.isEmpty { exit = .marked }
            // In one piece: events of one revision stand together.
            if let format = arguments.output {
                try Output.write(each: changes.map(ChangeText.json), as: format)
            } else if !changes.isEmpty {
                try Output.write(changes.map { ChangeText.line($0, in: style) }.joined().utf8)
            }
            guard try Self.hasNews(waiting, leases) else { return exit }
        }
    }

    private static func hasNews(_ waiting: borrowing EventWaiting?, _ leases: borrowing LeaseSignal) throws(Failure) -> Bool {
        switch waiting {
        case .some(let waiting): return try waiting.hasNews(leases)
        case .none: return false
        }
    }

    private func openJournal() throws(Failure) -> Journal? {
        do throws(JournalError) {
            return try places.journal.exists() ? try places.journal.open(isWritable: false) : nil
        } catch { throw Failure(error, "cannot open the journal") }
    }

    private func madeRunDirectory() throws(Failure) -> HostPath {
        do throws(JournalError) { return try places.journal.madeRunDirectory() } catch {
            throw Failure(error, "cannot wait for who writes")
        }
    }

    /// Of a pod that is there, or was.
    private func uid(of name: String) throws(Failure) -> PodUID {
        let registry = try registry()
        return try attempt { () throws(PodError) in try registry.history(of: PodReference(name)) }.uid
    }

    private func canceled(_ error: JournalError, _ arguments: EventsArguments) throws(Failure) -> Failure {
        if case .compacted(let revision) = error, let format = arguments.output {
            try Output.write(each: [ChangeText.compacted(revision)], as: format)
        }
        return Failure(error, "the events that were asked for are gone")
    }
}
