import CommandSupport
public import Journal
import StrictTree

/// The grammar of `check`, `repair` and `stats`, and what the first two print.
enum CheckVerb {
    static let options = [VerbReader.output, VerbReader.writeOut]

    static func parse(_ verb: inout VerbReader, _ options: [Option] = options) throws(UsageError) -> (PrintFormat, isDry: Bool) {
        var format = PrintFormat.simple
        var isDry = false
        try verb.read(options, limit: 0) { token, reader throws(UsageError) in
            switch token {
            case .flag("dry-run", let on): isDry = on
            case .value(_, let text): format = try reader.format(text, of: [.simple, .json])
            default: break
            }
        }
        return (format, isDry)
    }

    static var manual: Manual {
        JournalCommand.verbs.manual(
            synopsis: "check [OPTIONS]",
            about: """
                Reads everything, every value too, and names what is wrong: what is lost, and traces of crashes, which are harmless. Changes
                nothing. Ends with 4 where something is lost.
                """,
            options: options,
            examples: [
                ("hull journal check", "a line for each finding"), ("hull journal --root /backup/hull check", "another store"),
            ])
    }
}

/// What `check` and `repair` print.
public enum FindingText {
    /// A line for each finding; without any, that there is none.
    public static func bytes(_ findings: [Finding], _ format: PrintFormat) -> [UInt8] {
        if format == .json {
            return JSONWriter.line { json in
                json.array("findings") { json in
                    for finding in findings {
                        json.object { json in
                            json.member("loss", finding.isDamage)
                            json.member("what", text(finding))
                        }
                    }
                }
            }
        }
        if findings.isEmpty { return Array("nothing is wrong\n".utf8) }
        return Array(findings.map { ($0.isDamage ? "lost: " : "trace: ") + text($0) + "\n" }.joined().utf8)
    }

    /// What was accepted, or would be.
    public static func bytes(repaired: [String], isDry: Bool, _ format: PrintFormat) -> [UInt8] {
        if format == .json { return JSONWriter.line { $0.member(isDry ? "would_accept" : "accepted", repaired) } }
        if repaired.isEmpty { return Array("nothing to repair\n".utf8) }
        return Array(repaired.map { (isDry ? "would accept: " : "accepted: ") + $0 + "\n" }.joined().utf8)
    }

    private static func text(_ finding: Finding) -> String {
        switch finding {
        case .damagedValue(let key, let revision):
            return "value of '\(KeyText.string(key.bytes))' at revision \(revision) damaged"
        case .missingLease(let key, let lease): return "lease \(lease) of '\(KeyText.string(key.bytes))' does not exist"
        default: return "\(finding)"
        }
    }
}
