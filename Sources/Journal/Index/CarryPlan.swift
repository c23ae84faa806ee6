/// Which keys have something in the segments that are to go: found in one pass over the index.
struct CarryPlan {
    let generation: UInt64
    private let compacted: Revision
    private var nodes: [UInt32: [Int]] = [:]

    init(_ index: Index, _ compacted: Revision, _ segments: [SegmentHeader]) {
        generation = index.generation
        self.compacted = compacted
        for segment in segments { nodes[UInt32(truncatingIfNeeded: segment.number)] = [] }
        if segments.isEmpty { return }
        var found: [UInt32: [Int]] = nodes
        index.forEachNode(in: .all) { node in
            for version in index.retained(node.place, from: compacted) where !version.flags.contains(.buried) {
                let number = version.location.segment
                if found[number] != nil, found[number]?.last != node.place { found[number]?.append(node.place) }
            }
            return true
        }
        nodes = found
    }

    /// What still counts in a segment, in the order of keys.
    func versions(in segment: SegmentHeader, _ index: Index) -> [([UInt8], Version)] {
        let number = UInt32(truncatingIfNeeded: segment.number)
        var found: [([UInt8], Version)] = []
        for place in nodes[number] ?? [] {
            guard let node = index.node(place) else { return [] }
            for version in index.retained(place, from: compacted)
            where version.location.segment == number && !version.flags.contains(.buried) {
                found.append((Array(node.key), version))
            }
        }
        return found
    }
}
