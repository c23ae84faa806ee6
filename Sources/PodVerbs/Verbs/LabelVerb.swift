import CommandSupport
import JournalVerbs
import PodSpec

/// What `label` was given.
public struct LabelArguments: Hashable, Sendable {
    public var pod = ""
    /// In their order; a value of nil takes the label away.
    public var changes: [Change] = []
    /// Labels that are there already may get another value.
    public var overwrites = false

    public struct Change: Hashable, Sendable {
        public let key: String
        public let value: String?
    }

    public init() {}
}

/// The grammar of `label`.
enum LabelVerb {
    static let options = [Option("overwrite", help: "give labels that the pod has another value")]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> LabelArguments {
        var arguments = LabelArguments()
        try verb.read(options, limit: 100) { token, _ throws(UsageError) in
            if case .flag("overwrite", let on) = token { arguments.overwrites = on }
        }
        arguments.pod = try verb.operand(0, "pod")
        _ = try verb.operand(1, "label; KEY=VALUE sets one, KEY- takes one away")
        for word in verb.operands.dropFirst() {
            let change = try change(word, verb.reader)
            guard !arguments.changes.contains(where: { $0.key == change.key }) else {
                throw verb.reader.wrong("the label '\(change.key)' stands there twice")
            }
            arguments.changes.append(change)
        }
        return arguments
    }

    private static func change(_ word: String, _ reader: ArgumentReader) throws(UsageError) -> LabelArguments.Change {
        let change: LabelArguments.Change
        if let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) {
            change = LabelArguments.Change(key: String(word[..<equals]), value: String(word[word.utf8.index(after: equals)...]))
        } else {
            guard word.utf8.last == UInt8(ascii: "-") else {
                throw reader.wrong("'\(word)' is neither KEY=VALUE, which sets a label, nor KEY-, which takes one away")
            }
            change = LabelArguments.Change(key: String(word.dropLast()), value: nil)
        }
        if let flaw = LabelRule.flaw(ofKey: change.key) ?? change.value.flatMap(LabelRule.flaw(ofValue:)) {
            throw reader.wrong(flaw)
        }
        return change
    }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "label [OPTIONS] POD KEY=VALUE… KEY-…",
            about: """
                Sets labels of a pod, and takes labels away: 'ps -l' selects by them, and files that tell of the pod (downwardAPI) follow. Variables of
                containers stay as they were when these started. A label that has another value already is left alone without --overwrite, and so are all
                others then.
                """,
            options: options,
            examples: [
                ("hull label web tier=front", "one more"),
                ("hull label --overwrite web tier=back beta-", "another value, and one less"),
            ])
    }
}
