import Testing

@testable import Journal

/// The index against a dictionary, with more keys than the crash tests have.
@Suite("the index") struct IndexTests {
    private static func version(_ revision: Revision, deleted: Bool = false, segment: UInt32 = 1) -> Version {
        Version(
            modRevision: revision, createRevision: revision, version: 1, lease: 0,
            location: ValueLocation(segment: segment, offset: UInt32(revision)), valueLength: 0, valueChecksum: 0,
            flags: deleted ? .deleted : [])
    }

    private static func apply(_ key: [UInt8], _ version: Version, to index: inout Index) {
        _ = key.withUnsafeBytes { index.apply($0, version) }
    }

    /// Keys of all lengths, many with a long common start, some with the highest and lowest bytes.
    private static func key(_ generator: inout SeededGenerator) -> [UInt8] {
        let start = ["", "/sandboxes/aaaaaaaa/", "/sandboxes/aaaaaaab/containers/"].randomElement(using: &generator) ?? ""
        let count = Int.random(in: 1...12, using: &generator)
        return Array(start.utf8)
            + (0..<count).map { _ in [0, 1, 0x2f, 0x61, 0x62, 0xfe, 0xff].randomElement(using: &generator) ?? 0 }
    }

    @Test(arguments: [false, true])
    func `ten thousand keys are found, counted and listed in order`(isBulk: Bool) {
        var generator = SeededGenerator(seed: 5)
        var index = Index()
        var expected: [Key: Revision] = [:]
        if isBulk { index.beginBulk() }
        for revision in 1...10_000 {
            let key = Self.key(&generator)
            expected[Key(key)] = Revision(revision)
            Self.apply(key, Self.version(Revision(revision)), to: &index)
        }
        if isBulk { index.finishBulk() }
        let sorted = expected.keys.sorted()
        var listed: [Key] = []
        index.forEach(in: .all, at: 10_000) { key, version in
            listed.append(Key(key))
            #expect(version.modRevision == expected[Key(key)])
            return true
        }
        #expect(listed == sorted)
        #expect(index.keyCount == expected.count)
        for _ in 0..<300 {
            let range = KeyRange.interval(Key(Self.key(&generator)), Key(Self.key(&generator)))
            #expect(index.count(in: range, at: 10_000) == sorted.filter { range.contains($0.bytes) }.count)
            let prefix = KeyRange.prefix(Key(Array(Self.key(&generator).prefix(3))))
            #expect(index.count(in: prefix, at: 10_000) == sorted.filter { prefix.contains($0.bytes) }.count)
        }
        #expect(index.version(of: Array("/none".utf8), at: 10_000) == nil)
    }

    @Test func `keys of which some end where others go on are put in order at once`() {
        var generator = SeededGenerator(seed: 8)
        for _ in 0..<300 {
            var index = Index()
            var keys: Set<Key> = []
            index.beginBulk()
            for _ in 0..<60 {
                let start =
                    ["", "/", "/long/common/start", "/long/common/start/further/on/"].randomElement(using: &generator) ?? ""
                let tail = (0..<Int.random(in: 1...20, using: &generator)).map { _ in
                    UInt8(Int.random(in: 0..<5, using: &generator) / 4)
                }
                keys.insert(Key(Array(start.utf8) + tail))
                Self.apply(Array(start.utf8) + tail, Self.version(Revision(keys.count)), to: &index)
            }
            index.finishBulk()
            var listed: [Key] = []
            index.forEach(in: .all, at: 1000) { key, _ in
                listed.append(Key(key))
                return true
            }
            #expect(listed == keys.sorted())
        }
    }

    @Test func `versions arrive in any order and are found at any revision`() {
        var generator = SeededGenerator(seed: 6)
        var index = Index()
        for revision in (1...200).shuffled(using: &generator) {
            Self.apply([7], Self.version(Revision(revision * 2), deleted: revision % 5 == 0), to: &index)
        }
        #expect(index.version(of: [7], at: 1) == nil)
        for revision in 1...200 {
            let expected = revision % 5 == 0 ? nil : Revision(revision * 2)
            #expect(index.version(of: [7], at: Revision(revision * 2))?.modRevision == expected)
            #expect(index.version(of: [7], at: Revision(revision * 2 + 1))?.modRevision == expected)
        }
        // What is known already has moved: no second version.
        Self.apply([7], Self.version(8, segment: 9), to: &index)
        #expect(index.versionCount == 200)
        #expect(index.version(of: [7], at: 8)?.location.segment == 9)
    }

    @Test func `compaction keeps what a read from there on sees, and deletions as long as they are needed`() {
        var index = Index()
        for revision: Revision in [2, 4, 6] { Self.apply([1], Self.version(revision), to: &index) }
        Self.apply([2], Self.version(3), to: &index)
        Self.apply([2], Self.version(5, deleted: true), to: &index)
        let compacted = index.compacted(to: 5)
        #expect(compacted.versionCount == 2 && compacted.keyCount == 1)
        #expect(compacted.version(of: [1], at: 5)?.modRevision == 4)
        #expect(compacted.version(of: [2], at: 5) == nil)
        // The put was carried behind the deletion: without it the key would come back to life.
        Self.apply([2], Self.version(3, segment: 2), to: &index)
        let buried = index.compacted(to: 5)
        #expect(buried.version(of: [2], at: 9) == nil)
        #expect(buried.versionCount == 4 && buried.keyCount == 2)
        // The deletion was carried behind the put: both can go.
        Self.apply([2], Self.version(5, deleted: true, segment: 3), to: &index)
        #expect(index.compacted(to: 5).keyCount == 1)
    }
}
