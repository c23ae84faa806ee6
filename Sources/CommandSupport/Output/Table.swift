/// Columns of text as runc's tables have them: each as wide as its longest cell and three spaces, at least twelve; the last as it is.
public struct Table {
    private var rows: [[String]]

    public init(_ header: [String]) { rows = [header] }

    /// Appends a row of as many cells as the header has.
    public mutating func add(_ row: [String]) {
        precondition(row.count == rows[0].count, "a row for every column")
        rows.append(row.map(PlainText.line))
    }

    /// A line for each row.
    public var text: String {
        let widths = rows[0].indices.dropLast().map { column in
            max(12, (rows.map { $0[column].unicodeScalars.count }.max() ?? 0) + 3)
        }
        return rows.map { row in
            var line = ""
            for (cell, width) in zip(row, widths) {
                line += cell + String(repeating: " ", count: width - cell.unicodeScalars.count)
            }
            return line + (row.last ?? "") + "\n"
        }.joined()
    }
}
