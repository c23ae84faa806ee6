public import StrictTree

/// The terminal's size in characters, `process.consoleSize`.
public struct ConsoleSize: SpecValue {
    public var height: UInt16
    public var width: UInt16

    public init(height: UInt16, width: UInt16) {
        self.height = height
        self.width = width
    }
}

extension ConsoleSize {
    /// The kernel's `struct winsize` has 16 bits for each.
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        height = try fields.required("height").integer(in: 0...UInt16.max)
        width = try fields.required("width").integer(in: 0...UInt16.max)
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("height", height)
        json.member("width", width)
    }
}
