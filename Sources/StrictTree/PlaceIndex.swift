/// Positions of a text at every 4,096th byte, for documents of which many values are told their place: each then costs no walk from the start.
struct PlaceIndex: Sendable {
    private static let stride = 4096
    private let checkpoints: [Position]

    init(_ source: UnsafeBufferPointer<UInt8>) {
        var checkpoints = [Position(line: 1, column: 1)]
        var start = 0
        while start + Self.stride <= source.count {
            let part = UnsafeBufferPointer(rebasing: source[start..<start + Self.stride])
            checkpoints.append(Position(of: Self.stride, in: part, from: checkpoints[checkpoints.count - 1]))
            start += Self.stride
        }
        self.checkpoints = checkpoints
    }

    func position(of offset: Int, in source: UnsafeBufferPointer<UInt8>) -> Position {
        let checkpoint = offset / Self.stride
        let part = UnsafeBufferPointer(rebasing: source[(checkpoint * Self.stride)...])
        return Position(of: offset % Self.stride, in: part, from: checkpoints[checkpoint])
    }
}
