internal import LinuxKernel

// Adding to an index. Under the writer's lock where it is shared. Whoever is killed in between leaves at most a node without versions, versions that no
// published revision shows, and arena that nothing uses: the next writer applies the same record again.

extension Index {
    /// Takes in an entry. One that is known already has moved: only its place changes. False where there is no space: then nothing was changed.
    @discardableResult
    mutating func apply(_ key: UnsafeRawBufferPointer, _ version: Version, value: UnsafeRawBufferPointer? = nil) -> Bool {
        apply(key, crc32c(key), version, value: value)
    }

    /// `expected` is the node that the key may have, 0 for any.
    @inline(__always)
    mutating func apply(
        _ key: UnsafeRawBufferPointer, _ checksum: UInt32, _ version: Version, value: UnsafeRawBufferPointer?, expected: Int = 0
    ) -> Bool {
        guard reserve(key.count) else { return false }
        var node = isNode(expected, of: key, checksum) ? expected : hint(key, checksum)
        if node == 0, !isBulk {
            // Order: the search leaves the path for the insertion.
            let place = seek(key)
            if place > 0, let found = self.node(place), compare(found.key, key) == 0 {
                node = place
                note(node, checksum)
            }
        }
        if isBroken { return false }
        if node == 0 { node = insert(key, checksum) }
        insert(version, node, value)
        return !isBroken
    }

    /// Sees to it that one more entry has room.
    private func reserve(_ keyLength: Int) -> Bool {
        let most = IndexFormat.Node.size(keyLength: keyLength, height: IndexFormat.maximumHeight)
        let start = follow(IndexFormat.cursor)
        guard start >= IndexFormat.page else { return broken() ?? false }
        return memory.reserve(start + most + IndexFormat.Entry.size + IndexFormat.largestBlock)
    }

    /// Takes arena, which `reserve` has found to be there. Order: the cursor before the bytes, so that nobody gets the same ones.
    private func take(_ size: Int) -> Int {
        let place = follow(IndexFormat.cursor)
        link(IndexFormat.cursor, to: place + size)
        return place
    }

    private mutating func insert(_ key: UnsafeRawBufferPointer, _ checksum: UInt32) -> Int {
        let height = Self.height(checksum)
        let place = take(IndexFormat.Node.size(keyLength: key.count, height: height))
        let base = memory.base + place
        base.storeBytes(of: seal(place, height, key.count, checksum), as: UInt32.self)
        base.storeBytes(of: UInt32(height << 24 | key.count), toByteOffset: IndexFormat.Node.shape, as: UInt32.self)
        link(place + IndexFormat.Node.newest, to: 0)
        if let start = key.baseAddress {
            (base + IndexFormat.Node.tower + 8 * height).copyMemory(from: start, byteCount: key.count)
        }
        if isBulk { unlinked.append(place) } else { connect(place, height) }
        setCount(IndexFormat.keyCount, keyCount + 1)
        note(place, checksum)
        return place
    }

    /// One in four reaches the next level. By the key, so that an index needs no chance.
    private static func height(_ checksum: UInt32) -> Int {
        let mixed = (UInt64(checksum) &+ 0x2545_f491) &* 0xbf58_476d_1ce4_e5b9
        return min(1 + (mixed >> 20).trailingZeroBitCount / 2, IndexFormat.maximumHeight)
    }

    /// Links a node in, at the place to which `seek` has left the path. From the bottom up: who finds it in an upper level finds it below too.
    private func connect(_ place: Int, _ height: Int) {
        for level in 0..<height {
            let before = memory.path[level] + IndexFormat.Node.tower + 8 * level
            link(place + IndexFormat.Node.tower + 8 * level, to: follow(before))
        }
        for level in 0..<height { link(memory.path[level] + IndexFormat.Node.tower + 8 * level, to: place) }
    }

    /// Links all nodes that were added in bulk, in the order of their keys. No others may be there.
    mutating func linkAll() {
        guard !unlinked.isEmpty else { return }
        sortUnlinked()
        let linked = follow(IndexFormat.head + IndexFormat.Node.tower) != 0
        if linked {
            for place in unlinked {
                guard let node = node(place) else { return }
                _ = seek(node.key)
                connect(place, node.height)
            }
        } else {
            chainUnlinked()
        }
        unlinked = []
    }

    private func chainUnlinked() {
        for level in 0..<IndexFormat.maximumHeight { memory.path[level] = IndexFormat.head }
        for place in unlinked {
            guard let node = shape(of: place) else { return }
            for level in 0..<node.height {
                link(memory.path[level] + IndexFormat.Node.tower + 8 * level, to: place)
                memory.path[level] = place
            }
        }
        for level in 0..<IndexFormat.maximumHeight { link(memory.path[level] + IndexFormat.Node.tower + 8 * level, to: 0) }
    }

    /// Puts a version into its place among those of a node.
    private func insert(_ version: Version, _ node: Int, _ value: UnsafeRawBufferPointer?) {
        var link = node + IndexFormat.Node.newest
        var at = follow(link)
        while at > 0, memory.covers(at, IndexFormat.Entry.size), modRevision(at) > version.modRevision {
            link = at + IndexFormat.Entry.older
            at = follow(link)
        }
        guard !isBroken, at == 0 || memory.covers(at, IndexFormat.Entry.size) else {
            memory.isBroken = true
            return
        }
        var older = at
        if at > 0, modRevision(at) == version.modRevision {
            guard let known = entry(at, node) else { return }
            if known.location == version.location, known.flags == version.flags { return }
            older = follow(at + IndexFormat.Entry.older)
        } else {
            setCount(IndexFormat.versionCount, versionCount + 1)
        }
        let place = take(IndexFormat.Entry.size)
        write(version, at: place, node, older: older)
        // Only what is newest keeps its value: older ones are read from their segments.
        let isNewest = link == node + IndexFormat.Node.newest
        keep(keepsValues && isNewest ? value : nil, for: place, insteadOf: at)
        // Order: last. From here on it is seen.
        self.link(link, to: place)
    }

    private func modRevision(_ place: Int) -> Revision {
        memory.base.load(fromByteOffset: place + IndexFormat.Entry.modRevision, as: Int64.self)
    }
}
