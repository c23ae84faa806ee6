/// The closed table of docs/differences.md: where Hull shows something else than both peers, on purpose.
struct DifferencesTable: Sendable {
    struct Row: Sendable {
        let field: String
        let cases: String
    }

    let rows: [Row]
    static let mostRows = 10

    /// Never excused, whatever the table says.
    static let closedFields = [
        "status.Cap*", "status.Seccomp", "status.NoNewPrivs", "limits.*", "namespaces.*", "mounts.*.options", "descriptors.*",
        "environment*", "exit",
    ]

    /// Reads rows `| `field` | `cases` | … |` below the heading "Closed table".
    init(parsing text: String) throws {
        rows = text.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.filter { !" `".contains($0) } }
            guard line.hasPrefix("| `"), cells.count >= 3 else { return nil }
            return Row(field: String(cells[0]), cases: String(cells[1]))
        }
        guard rows.count <= Self.mostRows else {
            throw LifeError("docs/differences.md has \(rows.count) rows; \(Self.mostRows) are allowed")
        }
    }

    static func shared() throws -> DifferencesTable {
        guard let text = fileText(Machine.packageRoot + "/docs/differences.md") else {
            throw LifeError("docs/differences.md is missing")
        }
        return try DifferencesTable(parsing: text)
    }

    func allows(_ difference: Difference) -> Bool {
        let field = difference.plainField
        guard !Self.closedFields.contains(where: { matches(field, pattern: $0) }) else { return false }
        return rows.contains { matches(field, pattern: $0.field) && matches(difference.caseName, pattern: $0.cases) }
    }
}
