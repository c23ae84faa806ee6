public import CommandSupport
import LinuxKernel
public import PodRecords
import StrictTree

/// How changes are printed, by `history` and `events`.
public enum ChangeText {
    /// One line each, for `history`: times, the container, what, why.
    public static func table(_ changes: [PodChange], in style: TextStyle = .plain) -> String {
        var table = Table(["REVISION", "TIME", "WHO", "WHAT", "WHY", "MORE"], keeping: [0, 1, 2, 3])
        for change in changes {
            table.add(
                ["\(change.revision)", time(change), who(change), change.word, blank(change.cause), blank(change.message)],
                moods: StateMood.of(change.word).map { [3: $0] } ?? [:])
        }
        return table.text(in: style)
    }

    private static func blank(_ text: String) -> String { text.isEmpty ? "-" : text }

    private static func time(_ change: PodChange) -> String { change.time == 0 ? "before" : change.time.rfc3339 }

    private static func who(_ change: PodChange) -> String {
        guard let container = change.container else { return "pod" }
        return "\(container).\(change.attempt ?? 0)"
    }

    /// One line, for `events`: revision, time, object, what, why.
    public static func line(_ change: PodChange, in style: TextStyle = .plain) -> String {
        var words = ["\(change.revision)", time(change), "\(change.object.rawValue) \(subject(change))", change.word]
        if !change.cause.isEmpty { words.append("(\(change.cause))") }
        if !change.message.isEmpty { words.append(change.message) }
        words = words.map(PlainText.line)
        words[3] = style.paint(words[3], StateMood.of(change.word))
        return words.joined(separator: "  ") + "\n"
    }

    private static func subject(_ change: PodChange) -> String {
        let object = change.namespace.isEmpty ? change.name : "\(change.namespace)/\(change.name)"
        return change.container.map { "\(object) \($0).\(change.attempt ?? 0)" } ?? object
    }

    /// One JSON object in a line, whose names and words stay as they are.
    public static func json(_ change: PodChange) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("revision", change.revision)
            if change.time != 0 { json.member("time", change.time.rfc3339) }
            json.member("object", change.object.rawValue)
            if !change.namespace.isEmpty { json.member("namespace", change.namespace) }
            if !change.name.isEmpty { json.member("name", change.name) }
            json.member("uid", change.uid?.string)
            json.member("container", change.container)
            json.member("attempt", change.attempt)
            json.member("word", change.word)
            if !change.cause.isEmpty { json.member("cause", change.cause) }
            if !change.message.isEmpty { json.member("message", PlainText.line(change.message)) }
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }

    /// That the history which was asked for is gone, for programs: the last object of a stream that ends so.
    public static func compacted(_ revision: Int64) -> [UInt8] {
        var json = JSONWriter()
        json.object { $0.member("compacted", revision) }
        return json.bytes + [UInt8(ascii: "\n")]
    }
}
