internal import LinuxKernel

/// All keys with their retained versions. It is derived from the segments and can be thrown away at any time.
///
/// One structure in two kinds of memory: a file in the run directory that all processes map, or this process's own memory where there can be no such
/// file. One process writes, under the writer's lock; any number read meanwhile, without a lock. Nothing is changed in place that a reader could rely
/// on: a key's node and a version's entry are written whole and then linked, with one word; a reader goes from a key's newest entry back to the first
/// that is not newer than the revision it reads at. So it sees that revision, whatever is being added.
///
/// All that is read is checked: bounds, links (`IndexLink`), checksums of nodes and entries, a limit of steps. What cannot be sets `isBroken`: the answer
/// is then worth nothing, and the index is left.
struct Index {
    let memory: IndexMemory
    /// A number of its own, in all checksums: bytes of one index mean nothing in another.
    let generation: UInt64
    /// Whether values are kept beside the keys.
    let keepsValues: Bool
    /// Whether other processes follow it.
    var isShared = false
    private(set) var isBulk = false
    /// Nodes that were added in bulk and are not linked yet.
    var unlinked: [Int] = []

    /// An empty one in own memory.
    init(generation: UInt64 = 1, keepsValues: Bool = false) {
        self.init(empty: IndexMemory(size: 4 * IndexFormat.page), generation: generation, keepsValues: keepsValues)
    }

    /// An empty one that stays so: what a journal has before it has read or joined anything.
    static func placeholder() -> Index {
        Index(empty: IndexMemory(movable: IndexFormat.page), generation: 1, keepsValues: false)
    }

    private init(empty memory: IndexMemory, generation: UInt64, keepsValues: Bool) {
        self.memory = memory
        self.generation = generation
        self.keepsValues = keepsValues
        setUp()
    }

    /// One that exists already. `generation` is what its first page says.
    init(_ memory: IndexMemory, generation: UInt64) {
        self.memory = memory
        self.generation = generation
        keepsValues = true
    }

    private func setUp() {
        for level in 0..<IndexFormat.maximumHeight { link(IndexFormat.head + IndexFormat.Node.tower + 8 * level, to: 0) }
        for size in 0..<IndexFormat.blockSizes { link(IndexFormat.freeBlocks + 8 * size, to: 0) }
        link(IndexFormat.cursor, to: IndexFormat.page)
    }

    var isBroken: Bool { memory.isBroken }

    /// Retained versions, and what a newer one of the same revision has taken the place of.
    var versionCount: Int { count(IndexFormat.versionCount) }
    /// Keys with a retained version.
    var keyCount: Int { count(IndexFormat.keyCount) }

    /// Many entries follow, and no reads until `finishBulk`.
    mutating func beginBulk() { isBulk = true }

    mutating func finishBulk() {
        isBulk = false
        linkAll()
    }

    /// What a key is at a revision; nil where it does not exist then.
    func version(of key: [UInt8], at revision: Revision) -> Version? {
        key.withUnsafeBytes { key in
            let node = find(key, crc32c(key))
            return node > 0 ? version(ofNode: node, at: revision) : nil
        }
    }

    /// Calls `body` with each key of a range that exists at a revision, in ascending order, until it says false. Not with the store's own, nor with those whose
    /// bytes `isWanted` refuses.
    func forEach(
        in range: KeyRange, at revision: Revision, where isWanted: ((UnsafeRawBufferPointer) -> Bool)? = nil,
        _ body: ([UInt8], Version) -> Bool
    ) {
        if range.isSingle {
            if range.lower.withUnsafeBytes({ Self.isLeftOut($0, isWanted) }) { return }
            if let found = version(of: range.lower, at: revision) { _ = body(range.lower, found) }
            return
        }
        forEachNode(in: range) { node in
            guard !Self.isLeftOut(node.key, isWanted), let found = version(ofNode: node.place, at: revision) else { return true }
            return body(Array(node.key), found)
        }
    }

    private static func isLeftOut(_ key: UnsafeRawBufferPointer, _ isWanted: ((UnsafeRawBufferPointer) -> Bool)?) -> Bool {
        OwnKeys.contains(key) || isWanted?(key) == false
    }

    /// Calls `body` with each of the store's own keys in a range that exists at a revision.
    func forEachOwn(in range: KeyRange, at revision: Revision, _ body: (UnsafeRawBufferPointer, Version) -> Void) {
        forEachNode(in: range) { node in
            if let found = version(ofNode: node.place, at: revision) { body(node.key, found) }
            return true
        }
    }

    /// Whether there may be keys of the store's own: they begin with a zero byte, and so does the first of all keys then.
    var mayHoldOwnKeys: Bool {
        let first = follow(IndexFormat.head + IndexFormat.Node.tower)
        // What is no node is found out by who looks for one.
        return first > 0 && shape(of: first)?.key.first ?? 0 == 0
    }

    /// How many keys of a range exist at a revision: those that `forEach` has.
    func count(in range: KeyRange, at revision: Revision, where isWanted: ((UnsafeRawBufferPointer) -> Bool)? = nil) -> Int {
        if range.isSingle {
            if range.lower.withUnsafeBytes({ Self.isLeftOut($0, isWanted) }) { return 0 }
            return version(of: range.lower, at: revision) == nil ? 0 : 1
        }
        var count = 0
        forEachNode(in: range) { node in
            if !Self.isLeftOut(node.key, isWanted), version(ofNode: node.place, at: revision) != nil { count += 1 }
            return true
        }
        return count
    }

    /// The newest version of a node that is not newer than a revision; nil where it is a deletion or there is none.
    func version(ofNode node: Int, at revision: Revision) -> Version? {
        var link = node + IndexFormat.Node.newest
        var last = Revision.max
        while true {
            let place = follow(link)
            if place <= 0 { return nil }
            guard let found = entry(place, node), found.modRevision < last else { return broken() }
            if found.modRevision <= revision { return found.isDeleted ? nil : found }
            last = found.modRevision
            link = place + IndexFormat.Entry.older
        }
    }

    /// All versions of a node, newest first.
    func versions(ofNode node: Int) -> [Version] {
        var found: [Version] = []
        var link = node + IndexFormat.Node.newest
        while true {
            let place = follow(link)
            if place <= 0 { return found }
            guard let version = entry(place, node), version.modRevision < found.last?.modRevision ?? .max else { return found }
            found.append(version)
            link = place + IndexFormat.Entry.older
        }
    }
}
