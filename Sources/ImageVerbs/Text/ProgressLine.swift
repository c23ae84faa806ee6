import Digests
public import ImageStore

/// The line of a progress bar.
public enum ProgressLine {
    /// As `blob 4f06a1b2c3d4  [=====>    ]  120 MB of 240 MB  85.2 MB/s`, at most `columns` wide.
    public static func text(_ step: LoadStep, done: Int64, microseconds: Int64, columns: Int) -> String {
        let (noun, size) = parts(step)
        guard size > 0 else { return String(noun.prefix(columns)) }
        let shown = min(done, size)
        let rate = microseconds > 100_000 ? "  \(ByteCount.text(UInt64(done * 1_000_000 / microseconds)))/s" : ""
        let figures = "  \(ByteCount.text(UInt64(shown))) of \(ByteCount.text(UInt64(size)))\(rate)"
        let room = columns - noun.utf8.count - figures.utf8.count - 4
        guard room >= 10 else { return String((noun + figures).prefix(columns)) }
        let width = min(room, 40)
        let filled = Int(shown * Int64(width) / size)
        let bar = String(repeating: "=", count: filled) + String(repeating: " ", count: width - filled)
        return "\(noun)  [\(bar)]\(figures)"
    }

    /// What is said once where there is no terminal.
    public static func plain(_ step: LoadStep) -> String {
        let (noun, size) = parts(step)
        return size > 0 ? "\(noun): \(ByteCount.text(UInt64(size)))" : noun
    }

    private static func parts(_ step: LoadStep) -> (String, Int64) {
        switch step {
        case .blob(let digest, let size): ("blob \(digest.short)", size)
        case .layer(let digest, let size): ("layer \(digest.short)", size)
        case .reading(let name): ("reading \(name)", 0)
        case .sync: ("writing to the disk", 0)
        }
    }
}
