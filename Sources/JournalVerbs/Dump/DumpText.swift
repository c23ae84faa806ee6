public import Journal
import StrictTree

/// A dump: a line that says what it is, and a line for each key. All lines are JSON objects.
public enum DumpText {
    /// Of the format. One that knows less refuses it.
    static let version: Int64 = 1
    static let mark: StaticString = "hull_journal_dump"

    /// `boot`: the kernel's id of this boot, by which a later reader knows what of the volatile has died since.
    public static func bytes(_ answer: RangeAnswer, at revision: Revision, boot: String) -> [UInt8] {
        var bytes = JSONWriter.line { json in
            json.member("\(mark)", version)
            json.member("revision", revision)
            json.member("keys", answer.keyValues.count)
            json.member("boot", boot)
            json.member(gaps: answer.gaps)
        }
        for keyValue in answer.keyValues { bytes += JSONWriter.line { $0.members(of: keyValue) } }
        return bytes
    }
}
