import StrictTree

extension YAMLDocument {
    /// The document on a tape, with aliases and merge keys expanded under the limits.
    consuming func compose() throws(TreeError) -> TreeBuilder {
        var composer = Composer(nodes: nodes, limits: limits, builder: builder)
        try composer.value(0)
        return composer.builder
    }
}

/// Walks down the nodes, as often as aliases lead there. The builder's depth bounds the recursion.
private struct Composer {
    let nodes: [YAMLNode]
    let limits: Limits
    var builder: TreeBuilder
    /// Bytes of text that values have in the tree: texts are shared, but whoever writes the tree out writes each.
    private var textBytes = 0
    private var mergeSteps = 0

    init(nodes: [YAMLNode], limits: Limits, builder: TreeBuilder) {
        self.nodes = nodes
        self.limits = limits
        self.builder = builder
    }

    mutating func value(_ index: Int) throws(TreeError) {
        let node = nodes[index]
        switch node.content {
        case .scalar(.null): try builder.addNull(at: node.offset)
        case .scalar(.bool(let value, _)): try builder.addBool(value, at: node.offset)
        case .scalar(.number(let text, let isInteger, _)):
            try count(text, at: node.offset)
            try builder.addNumber(text, at: node.offset, isInteger: isInteger)
        case .scalar(.string(let text)), .scalar(.merge(let text)):
            try count(text, at: node.offset)
            try builder.addString(text, at: node.offset)
        case .sequence(let children):
            try builder.openContainer(.array, at: node.offset)
            for child in children { try value(child) }
            try builder.closeContainer()
        case .mapping(let children):
            try builder.openContainer(.object, at: node.offset)
            try members(children)
            try builder.closeContainer()
        }
    }

    private mutating func members(_ children: [Int]) throws(TreeError) {
        var merge: Int?
        for place in stride(from: 0, to: children.count, by: 2) {
            if isMerge(children[place]) {
                guard merge == nil else { throw builder.failure(at: nodes[children[place]].offset, "duplicate key '<<'") }
                merge = place
            } else {
                try member(children[place], children[place + 1])
            }
        }
        guard let merge else { return }
        // What the mapping says itself wins, and of what is merged the first.
        var merged = MergedMembers()
        for place in stride(from: 0, to: children.count, by: 2) where place != merge {
            merged.taken.insert(builder.bytes(of: try key(children[place])))
        }
        try collect(children[merge + 1], into: &merged, depth: 0)
        for (key, value) in merged.members { try member(key, value) }
    }

    private mutating func member(_ index: Int, _ child: Int) throws(TreeError) {
        let text = try key(index)
        try count(text, at: nodes[index].offset)
        try builder.addKey(text, at: nodes[index].offset)
        try value(child)
    }

    /// The members of what a merge key names: a mapping, or a sequence of them.
    private mutating func collect(_ index: Int, into merged: inout MergedMembers, depth: Int) throws(TreeError) {
        let node = nodes[index]
        mergeSteps += 1
        guard depth <= limits.maxDepth, mergeSteps <= limits.maxNodes else {
            throw builder.failure(at: node.offset, "merge keys lead through too many mappings")
        }
        switch node.content {
        case .sequence(let children) where depth == 0 || children.allSatisfy(isMapping):
            for child in children {
                guard isMapping(child) else { throw wrongMerge(nodes[child]) }
                try collect(child, into: &merged, depth: depth + 1)
            }
        case .mapping(let children):
            for place in stride(from: 0, to: children.count, by: 2) where !isMerge(children[place]) {
                mergeSteps += 1
                if merged.taken.insert(builder.bytes(of: try key(children[place]))).inserted {
                    merged.members.append((children[place], children[place + 1]))
                }
            }
            for place in stride(from: 0, to: children.count, by: 2) where isMerge(children[place]) {
                try collect(children[place + 1], into: &merged, depth: depth + 1)
            }
        default: throw wrongMerge(node)
        }
    }

    private func wrongMerge(_ node: YAMLNode) -> TreeError {
        builder.failure(at: node.offset, "a merge key takes a mapping or a sequence of mappings, found \(node.phrase)")
    }

    /// Keys are strings; integers become their digits, as in Kubernetes' tools. Others would be read as something else than what is written.
    private func key(_ index: Int) throws(TreeError) -> TreeBuilder.Text {
        switch nodes[index].content {
        case .scalar(.string(let text)), .scalar(.number(let text, isInteger: true, isWrittenSo: true)): return text
        default:
            throw builder.failure(
                at: nodes[index].offset, "expected a string as key, found \(nodes[index].phrase): put it in quotes")
        }
    }

    private func isMapping(_ index: Int) -> Bool {
        if case .mapping = nodes[index].content { true } else { false }
    }

    private func isMerge(_ index: Int) -> Bool {
        if case .scalar(.merge) = nodes[index].content { true } else { false }
    }

    private mutating func count(_ text: TreeBuilder.Text, at offset: Int) throws(TreeError) {
        textBytes += text.count
        // Escapes can make a text half as long again as it is in the source; aliases have the rest.
        guard textBytes <= 2 * limits.maxBytes else {
            throw builder.failure(
                at: offset, "the document has more than \(2 * limits.maxBytes) bytes of text once its aliases are expanded")
        }
    }
}

/// What a merge key brings into its mapping.
private struct MergedMembers {
    var members: [(key: Int, value: Int)] = []
    var taken: Set<[UInt8]> = []
}
