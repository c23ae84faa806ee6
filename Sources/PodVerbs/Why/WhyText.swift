public import CommandSupport
import LinuxTypes
import StrictTree

/// What `why` prints.
public enum WhyText {
    /// For people. What comes from a container is made fit for a terminal.
    public static func text(_ diagnosis: Diagnosis, in style: TextStyle = .plain) -> String {
        var text = "pod \(diagnosis.namespace)/\(diagnosis.name)"
        if !diagnosis.phase.isEmpty { text += " is \(diagnosis.phase)" }
        if let verdict = diagnosis.verdict {
            let whose = verdict.container.map { ", container '\($0)'" } ?? ""
            text += ": \(style.paint(verdict.word, mood(verdict)))\(whose)"
        }
        text += "\n"
        for finding in diagnosis.findings { text += self.text(finding, style) }
        return text
    }

    private static func mood(_ finding: Finding) -> TextStyle.Mood? { finding.isTrouble ? .bad : StateMood.of(finding.word) }

    private static func text(_ finding: Finding, _ style: TextStyle) -> String {
        let attempt = finding.attempt.flatMap { $0 > 0 ? " (attempt \($0))" : nil } ?? ""
        let whose = finding.container.map { "container '\($0)'\(attempt)" } ?? "the pod"
        var text =
            "\n\(style.paint(whose, .title)): \(style.paint(finding.word, mood(finding)))\n  \(PlainText.line(finding.summary))\n"
        for evidence in finding.evidence where !finding.summary.hasSuffix(evidence.text) {
            let name = evidence.kind + String(repeating: " ", count: max(0, 8 - evidence.kind.utf8.count))
            text += "  \(style.paint(name, .faint)) \(PlainText.line(evidence.text))\n"
        }
        if !finding.log.isEmpty { text += "  its last words:\n" }
        for line in finding.log { text += "    | \(PlainText.line(line))\n" }
        if finding.isTrouble, !finding.remedy.isEmpty {
            text += "  \(style.paint("remedy", .good))   \(PlainText.line(finding.remedy))\n"
        }
        return text
    }

    /// One JSON object in a line, whose names and words stay as they are.
    public static func json(_ diagnosis: Diagnosis) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("namespace", diagnosis.namespace)
            json.member("name", diagnosis.name)
            json.member("uid", diagnosis.uid)
            json.member("phase", diagnosis.phase)
            json.member("verdict", diagnosis.verdict?.word)
            json.member("container", diagnosis.verdict?.container)
            json.member("summary", diagnosis.verdict.map { PlainText.line($0.summary) })
            json.member("remedy", diagnosis.verdict?.remedy)
            json.array("findings") { json in
                for finding in diagnosis.findings { json.object { write(finding, &$0) } }
            }
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }

    private static func write(_ finding: Finding, _ json: inout JSONWriter) {
        json.member("container", finding.container)
        json.member("attempt", finding.attempt)
        json.member("word", finding.word)
        json.member("trouble", finding.isTrouble)
        json.member("summary", PlainText.line(finding.summary))
        json.array("evidence") { json in
            for evidence in finding.evidence {
                json.object { json in
                    json.member("kind", evidence.kind)
                    json.member("text", PlainText.line(evidence.text))
                }
            }
        }
        if finding.isTrouble, !finding.remedy.isEmpty { json.member("remedy", PlainText.line(finding.remedy)) }
        if !finding.log.isEmpty { json.member("log", finding.log.map(PlainText.line)) }
    }
}
