/// Columns of text as runc's tables have them: each as wide as its longest cell and three spaces, at least twelve; the last as it is.
public struct Table {
    private var rows: [[String]]
    /// Of each row, by column.
    private var moods: [[Int: TextStyle.Mood]] = [[:]]

    /// Columns without which a row says nothing: on a narrow terminal others are cut for them.
    private let kept: Set<Int>

    public init(_ header: [String], keeping kept: Set<Int> = []) {
        rows = [header]
        self.kept = kept
    }

    /// Appends a row of as many cells as the header has. `moods` are those of cells, by column.
    public mutating func add(_ row: [String], moods: [Int: TextStyle.Mood] = [:]) {
        precondition(row.count == rows[0].count, "a row for every column")
        rows.append(row.map(PlainText.line))
        self.moods.append(moods)
    }

    /// A line for each row.
    public var text: String { text(in: .plain) }

    /// The same where the style says. A table that is too wide for a terminal gives up its wide gaps first, then the ends of its widest cells, but leaves
    /// twelve characters of each; what still stands over the edge is not shown.
    public func text(in style: TextStyle) -> String {
        let widths = widths(style.columns)
        return rows.indices.map { line($0, widths, style) + "\n" }.joined()
    }

    private func line(_ number: Int, _ widths: [Width], _ style: TextStyle) -> String {
        let row = rows[number]
        var line = ""
        var room = style.columns ?? Int.max
        for (column, cell) in row.enumerated() {
            let isLast = column == row.count - 1
            let shown = style.columns == nil ? cell : TextStyle.cut(cell, to: widths[column].cell)
            let gap = isLast ? "" : String(repeating: " ", count: widths[column].whole - shown.unicodeScalars.count)
            let mood = number == 0 ? .title : moods[number][column]
            guard isLast ? shown.unicodeScalars.count <= room : widths[column].whole < room else {
                // More follows in any case, which the dots stand for.
                return line + style.paint(TextStyle.cut(shown + gap + (isLast ? "" : "."), to: room), mood)
            }
            line += style.paint(shown, mood) + gap
            room -= isLast ? 0 : widths[column].whole
        }
        return line
    }

    /// Characters of a column's cells, and with the gap behind them.
    private typealias Width = (cell: Int, whole: Int)

    private func widths(_ columns: Int?) -> [Width] {
        let cells = rows[0].indices.map { column in rows.map { $0[column].unicodeScalars.count }.max() ?? 0 }
        let usual = cells.enumerated().map { number, cell in (cell, number == cells.count - 1 ? cell : max(12, cell + 3)) }
        guard let columns, usual.reduce(0, { $0 + $1.1 }) > columns else { return usual }
        var narrow = cells
        let room = columns - 2 * (cells.count - 1)
        let least = cells.enumerated().map { number, cell in kept.contains(number) ? cell : min(cell, 12) }
        var sum = narrow.reduce(0, +)
        while sum > room {
            let shrinkable = narrow.indices.filter { narrow[$0] > least[$0] }
            guard let widest = shrinkable.max(by: { narrow[$0] < narrow[$1] }) else { break }
            narrow[widest] -= 1
            sum -= 1
        }
        return narrow.map { ($0, $0 + 2) }
    }
}
