import Journal
import JournalVerbs
import LinuxKernel
import StrictTree

extension JournalSession {
    /// `compact`.
    func compact(_ arguments: CompactArguments) throws(Failure) -> ExitCode {
        let journal = try place.openForWriting(isMade: false)
        let before = journal.compactedRevision
        let compacted: Revision
        do throws(JournalError) {
            switch arguments.extent {
            case .to(let revision):
                try journal.compact(to: revision)
                compacted = journal.compactedRevision
            case .keeping(let count): compacted = try journal.compact(keeping: count)
            case .olderThan(let seconds): compacted = try journal.compact(olderThan: wallNanoseconds() - seconds * 1_000_000_000)
            case .toSize(let bytes): compacted = try journal.compact(toSize: bytes)
            }
        } catch { throw Failure(error, "cannot compact") }
        if arguments.format == .json {
            try Output.write(JSONWriter.line { $0.member("compact_revision", compacted) })
        } else if compacted == before {
            try Output.write("nothing to compact\n".utf8)
        } else {
            try Output.write("compacted revision \(compacted)\n".utf8)
        }
        return .done
    }
}
