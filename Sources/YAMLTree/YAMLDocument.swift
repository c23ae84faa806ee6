import CYAML
import StrictTree

/// One document as nodes: read from the parser's events, then composed onto a tape.
struct YAMLDocument {
    private let parser: YAMLParser
    let limits: Limits
    var builder: TreeBuilder
    private(set) var nodes: [YAMLNode] = []
    /// Whole values only: an alias inside of its anchor's value finds `nil`.
    private var anchors: [String: Int?] = [:]
    /// The containers not yet closed, with the anchors that they will have, and where their children begin in `pending`.
    private var open: [(node: Int, anchor: String?, children: Int)] = []
    /// The children of the open containers, outermost first.
    private var pending: [Int] = []

    init(_ parser: YAMLParser, limits: Limits) {
        self.parser = parser
        self.limits = limits
        builder = TreeBuilder(source: parser.source, limits: limits, expectedNodes: 16)
    }

    /// Whether its root is null.
    var isEmpty: Bool {
        if case .scalar(.null)? = nodes.first?.content { true } else { false }
    }

    /// Up to the end of the document, whose start was seen.
    mutating func read() throws(TreeError) {
        while true {
            let isEnd = try parser.next { event, offset throws(TreeError) in
                if event.type == YAML_DOCUMENT_END_EVENT { return true }
                try take(event, at: offset)
                return false
            }
            if isEnd { return }
        }
    }

    private mutating func take(_ event: yaml_event_t, at offset: Int) throws(TreeError) {
        switch event.type {
        case YAML_SCALAR_EVENT:
            let content = try scalar(event, at: offset)
            try add(YAMLNode(offset: offset, content: .scalar(content)))
            if let name = Self.name(event.data.scalar.anchor) { anchors[name] = .some(nodes.count - 1) }
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            try checkTag(start.tag, "seq", at: offset)
            try enter(YAMLNode(offset: offset, content: .sequence([])), Self.name(start.anchor))
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            try checkTag(start.tag, "map", at: offset)
            try enter(YAMLNode(offset: offset, content: .mapping([])), Self.name(start.anchor))
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
            leave(isMapping: event.type == YAML_MAPPING_END_EVENT)
        case YAML_ALIAS_EVENT:
            try alias(Self.name(event.data.alias.anchor) ?? "", at: offset)
        default: break
        }
    }

    private mutating func alias(_ name: String, at offset: Int) throws(TreeError) {
        switch anchors[name] {
        case .some(.some(let node)): pending.append(node)
        case .some(.none): throw failure(at: offset, "the alias '*\(name)' is inside of what it stands for")
        case .none:
            // Not repeated: it may be a password that lacks its quotes.
            throw failure(
                at: offset, "a value that begins with '*' is an alias, and it has no anchor before it: put a text in quotes")
        }
    }

    private mutating func add(_ node: YAMLNode) throws(TreeError) {
        guard nodes.count < limits.maxNodes else {
            throw failure(at: node.offset, "the text has more than \(limits.maxNodes) values")
        }
        nodes.append(node)
        pending.append(nodes.count - 1)
    }

    private mutating func enter(_ node: YAMLNode, _ anchor: String?) throws(TreeError) {
        guard open.count < limits.maxDepth else {
            throw failure(at: node.offset, "sequences and mappings are nested more than \(limits.maxDepth) deep")
        }
        try add(node)
        open.append((nodes.count - 1, anchor, pending.count))
        if let anchor { anchors[anchor] = .some(nil) }
    }

    private mutating func leave(isMapping: Bool) {
        guard let closed = open.popLast() else { return }
        let children = Array(pending[closed.children...])
        pending.removeLast(children.count)
        nodes[closed.node].content = isMapping ? .mapping(children) : .sequence(children)
        if let anchor = closed.anchor { anchors[anchor] = .some(closed.node) }
    }

    func failure(at offset: Int, _ message: String) -> TreeError {
        TreeError(pointer: "", position: Position(ofByte: offset, in: parser.source), message: message)
    }

    private static func name(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        text.map { String(cString: $0) }
    }
}
