/// A place in a text, counted from one; columns count Unicode scalars, not bytes.
public struct Position: Hashable, Sendable, CustomStringConvertible {
    public let line: Int
    public let column: Int

    /// A place that is already counted.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public var description: String { "line \(line), column \(column)" }

    /// Counts up to a byte. Only errors and warnings need positions, so nothing is kept per value.
    init(of offset: Int, in source: UnsafeBufferPointer<UInt8>) {
        var line = 1
        var column = 1
        for byte in source.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xc0 != 0x80 {
                column += 1
            }
        }
        self.init(line: line, column: column)
    }
}
