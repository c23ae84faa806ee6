/// The output of `ps`, of which only some processes are wanted.
public enum ProcessTable {
    /// The header and the lines whose column PID names one of the pids. nil where there is no such column.
    public static func filter(_ output: String, pids: Set<Int32>) -> String? {
        var lines = output.split(separator: "\n")[...]
        guard let header = lines.popFirst(), let column = fields(of: header).firstIndex(of: "PID") else { return nil }
        let kept = lines.filter { line in
            let cells = fields(of: line)
            return column < cells.count && Int32(cells[column]).map(pids.contains) ?? false
        }
        return ([header] + kept).map { $0 + "\n" }.joined()
    }

    private static func fields(of line: Substring) -> [Substring] { line.split { $0 == " " || $0 == "\t" } }
}
