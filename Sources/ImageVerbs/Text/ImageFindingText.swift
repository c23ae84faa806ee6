public import CommandSupport
public import ImageStore
import StrictTree

/// What `check` prints.
public enum ImageFindingText {
    /// A line for each finding, with what was done about it where something was; without any, that there is none.
    public static func bytes(_ findings: [(ImageFinding, RepairOutcome?)], _ format: OutputFormat) -> [UInt8] {
        if format == .json {
            var json = JSONWriter(.spaces(2))
            json.array { json in
                for (finding, outcome) in findings {
                    json.object { json in
                        json.member("loss", finding.isDamage)
                        json.member("what", "\(finding)")
                        json.member("outcome", outcome?.rawValue)
                    }
                }
            }
            return json.bytes + [UInt8(ascii: "\n")]
        }
        if findings.isEmpty { return Array("nothing is wrong\n".utf8) }
        let lines = findings.map { finding, outcome in
            (finding.isDamage ? "lost: " : "trace: ") + "\(finding)" + (outcome.map { ": \($0.rawValue)" } ?? "") + "\n"
        }
        return Array(lines.joined().utf8)
    }
}

/// What `rm` and `prune` print.
public enum RemovalText {
    public static func bytes(_ removal: Removal) -> [UInt8] {
        let lines = removal.untagged.map { "untagged: \($0)\n" } + removal.removed.map { "removed: \($0)\n" }
        return Array(lines.joined().utf8)
    }
}
