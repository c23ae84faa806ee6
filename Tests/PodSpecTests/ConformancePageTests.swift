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

    @Test func `each field that is enforced names a test that there is`() throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let files = try FileManager.default.subpathsOfDirectory(atPath: tests.path)
        let names = Set(files.compactMap { $0.split(separator: "/").last.map { String($0.dropLast(".swift".count)) } })
        for table in FieldTable.all {
            for row in table.rows where row.status == .enforced {
                let test = try #require(
                    FieldEvidence.test("\(table.definition)", "\(row.name)"), "\(table.definition).\(row.name)")
                #expect(names.contains(test), "\(table.definition).\(row.name): \(test)")
            }
        }
    }

    private func tables() -> String {
        var text = ""
        for table in FieldTable.all {
            text +=
                "\n## \(table.definition)\n\n| field | status | why, or how far | seen by | podman kube play |\n| --- | --- | --- | --- | --- |\n"
            for row in table.rows {
                let (definition, name) = ("\(table.definition)", "\(row.name)")
                let test = row.status == .enforced ? FieldEvidence.test(definition, name) ?? "" : ""
                let podman = row.status == .enforced ? FieldEvidence.podman(definition, name) ?? "" : ""
                text += "| `\(row.name)` | \(row.status.rawValue) | \(row.remark) | \(test) | \(podman) |\n"
            }
        }
        return text
    }
}
