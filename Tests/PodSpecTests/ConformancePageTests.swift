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
        let wanted = try text[..<head.upperBound] + tables()
        if ProcessInfo.processInfo.environment["HULL_WRITE_DOCS"] == "1" {
            try wanted.write(to: page, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: page, encoding: .utf8) == wanted, "write it anew: HULL_WRITE_DOCS=1 and this test")
    }

    @Test func `each field that is enforced is named by a test of its suite`() throws {
        for table in FieldTable.all {
            for row in table.rows where row.status == .enforced {
                let suite = try #require(
                    FieldEvidence.suite("\(table.definition)", "\(row.name)"), "\(table.definition).\(row.name)")
                #expect(try test(suite, "\(row.name)") != nil, "\(table.definition).\(row.name): no test of \(suite) says it")
            }
        }
    }

    /// The tests of each file, by its name without its extension.
    private static let suites: [String: [TestSource]] = {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let wanted = Set(
            FieldTable.all.flatMap { table in
                table.rows.compactMap { FieldEvidence.suite("\(table.definition)", "\($0.name)") }
            })
        var suites: [String: [TestSource]] = [:]
        for path in FileManager.default.subpaths(atPath: tests.path) ?? [] where path.hasSuffix(".swift") {
            let file = tests.appendingPathComponent(path)
            let name = file.deletingPathExtension().lastPathComponent
            if wanted.contains(name) { suites[name] = try? TestSource.all(in: file) }
        }
        return suites
    }()

    /// The first test of a suite that says a field's name.
    private func test(_ suite: String, _ field: String) throws -> TestSource? {
        try #require(Self.suites[suite], "\(suite)").first { $0.names(field) }
    }

    private func tables() throws -> String {
        var text = ""
        for table in FieldTable.all {
            text +=
                "\n## \(table.definition)\n\n| field | status | why, or how far | seen by | podman kube play |\n| --- | --- | --- | --- | --- |\n"
            for row in table.rows {
                let (definition, name) = ("\(table.definition)", "\(row.name)")
                var seen = ""
                if row.status == .enforced, let suite = FieldEvidence.suite(definition, name) {
                    seen = "\(suite): \(try test(suite, name)?.title ?? "")".replacing("|", with: "\\|")
                }
                let podman = row.status == .enforced ? FieldEvidence.podman(definition, name) ?? "" : ""
                text += "| `\(row.name)` | \(row.status.rawValue) | \(row.remark) | \(seen) | \(podman) |\n"
            }
        }
        return text
    }
}
