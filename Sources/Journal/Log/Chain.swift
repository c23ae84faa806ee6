internal import LinuxKernel

/// The segments that make up the log, in order. Which they are is said by the segments themselves: each names the one it follows, and its base is
/// where that one ends. The last one made holds; what no successor leads to was given up.
struct Chain {
    private(set) var segments: [SegmentHeader] = []
    /// The highest number that a file has, valid or not: a new segment gets a higher one.
    private(set) var highestNumber: UInt64 = 0
    /// Whether the first segment follows one that is missing although nobody removed it.
    private(set) var lacksStart = false

    init() {}

    /// `first`: lower numbers were removed by a compaction, or are about to be.
    init(_ headers: [UInt64: SegmentHeader], first: UInt64, highestNumber: UInt64) {
        self.highestNumber = highestNumber
        let numbers = headers.keys.filter { $0 >= first }.sorted()
        var next = numbers.last
        while let number = next, let header = headers[number] {
            segments.append(header)
            if header.previous < first { break }
            // Where the one before is missing, reading goes on with the one before that.
            next = numbers.last { $0 <= header.previous }
            lacksStart = next == nil
        }
        segments.reverse()
    }

    var last: SegmentHeader? { segments.last }

    /// The position behind the last byte that belongs to the segment at an index.
    func limit(_ index: Int) -> UInt64 {
        let own = segments[index].limit
        return index + 1 < segments.count ? min(own, segments[index + 1].base) : own
    }

    /// The index of the segment that holds a position: the last whose base is not greater.
    func index(of position: UInt64) -> Int? { segments.lastIndex { $0.base <= position } }

    func index(ofNumber number: UInt64) -> Int? { segments.lastIndex { $0.number == number } }

    mutating func append(_ segment: SegmentHeader) {
        segments.append(segment)
        highestNumber = max(highestNumber, segment.number)
    }

    /// Leaves out segments at the end that hold nothing before a position. A new segment there does not name one of them as the one before it: nothing
    /// of an empty segment need ever have reached the disk.
    mutating func dropEmpty(at position: UInt64) {
        while let last = segments.last, last.base >= position { segments.removeLast() }
    }

    /// Leaves out the segments before the one with a number.
    mutating func dropFirst(before number: UInt64) { segments.removeAll { $0.number < number } }

    /// Leaves out what follows the segment at an index.
    mutating func cut(after index: Int) { segments.removeLast(segments.count - 1 - index) }
}
