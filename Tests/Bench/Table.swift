/// A Markdown table with aligned columns: the first to the left, figures to the right.
struct Table {
    private var rows: [[String]]

    init(_ header: [String]) { rows = [header] }

    mutating func append(_ cells: [String]) { rows.append(cells) }

    var text: String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let isFigure = rows[0].indices.map { column in rows.dropFirst().allSatisfy { Self.isFigure($0[column]) } }
        var lines = rows.map { row in
            let cells = row.indices.map { column in
                let fill = String(repeating: " ", count: widths[column] - row[column].count)
                return isFigure[column] ? fill + row[column] : row[column] + fill
            }
            return "| " + cells.joined(separator: " | ") + " |"
        }
        let rule = widths.indices.map { column in
            String(repeating: "-", count: widths[column] + 1) + (isFigure[column] ? ":" : "-")
        }
        lines.insert("|" + rule.joined(separator: "|") + "|", at: 1)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func isFigure(_ cell: String) -> Bool { cell == "-" || Double(cell) != nil }
}
