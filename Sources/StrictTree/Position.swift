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

    /// Counts up to a byte, from the beginning of a text that stands at `start`. Only errors and warnings need positions, so nothing is kept per value.
    init(of offset: Int, in source: UnsafeBufferPointer<UInt8>, from start: Position = Position(line: 1, column: 1)) {
        var line = start.line
        var column = start.column
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

    /// For parsers of other modules.
    package init(ofByte offset: Int, in source: UnsafeBufferPointer<UInt8>) { self.init(of: offset, in: source) }
}
