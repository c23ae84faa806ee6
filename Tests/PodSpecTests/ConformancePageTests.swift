import Foundation
import PodSpec
import Testing

/// `docs/pod-conformance.md` is what the tables say. HULL_WRITE_DOCS=1 writes it anew.
@Suite struct ConformancePageTests {
    @Test func `the page is the tables`() throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs/pod-conformance.md")
        let mark = "<!-- From here on written by ConformancePageTests. -->\n"
        let text = try String(contentsOf: page, encoding: .utf8)
        let head = try #require(text.range(of: mark))
        let wanted = text[..<head.upperBound] + tables()
        if ProcessInfo.processInfo.environment["HULL_WRITE_DOCS"] == "1" {
            try wanted.write(to: page, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: page, encoding: .utf8) == wanted, "write it anew: HULL_WRITE_DOCS=1 and this test")
    }

    private func tables() -> String {
        var text = ""
        for table in FieldTable.all {
            text += "\n## \(table.definition)\n\n| field | status | why, or how far |\n| --- | --- | --- |\n"
            for row in table.rows { text += "| `\(row.name)` | \(row.status.rawValue) | \(row.remark) |\n" }
        }
        return text
    }
}
