import CYAML
import StrictTree

/// The documents of a YAML stream, read one after the other.
struct YAMLStream {
    private let parser: YAMLParser
    private let source: UnsafeBufferPointer<UInt8>
    private let limits: Limits
    /// What the limit leaves for the documents to come.
    private var nodesLeft: Int

    init(_ source: UnsafeBufferPointer<UInt8>, limits: Limits) throws(TreeError) {
        if source.starts(with: [0xff, 0xfe]) || source.starts(with: [0xfe, 0xff]) {
            throw TreeError(pointer: "", position: Position(line: 1, column: 1), message: "the text is UTF-16, not UTF-8")
        }
        try Self.checkDirectives(source)
        parser = try YAMLParser(source)
        self.source = source
        self.limits = limits
        nodesLeft = limits.maxNodes
    }

    /// Those that are not empty.
    mutating func documents() throws(TreeError) -> [TreeBuilder] {
        var documents: [TreeBuilder] = []
        while true {
            let type = try parser.next { event, _ in event.type }
            if type == YAML_STREAM_END_EVENT { return documents }
            guard type == YAML_DOCUMENT_START_EVENT else { continue }
            var left = limits
            left.maxNodes = nodesLeft
            var document = YAMLDocument(parser, limits: left)
            try document.read()
            nodesLeft -= document.nodes.count
            if document.isEmpty { continue }
            let composed = try document.compose()
            nodesLeft = max(0, min(nodesLeft, left.maxNodes - composed.nodeCount))
            documents.append(composed)
        }
    }

    /// Each `%TAG` is compared with all before it: too many of them would take hours. Nobody has more than one or two.
    private static func checkDirectives(_ source: UnsafeBufferPointer<UInt8>) throws(TreeError) {
        var count = 0
        var line = 0
        while line < source.count {
            if source[line...].starts(with: "%TAG".utf8) {
                count += 1
                guard count <= 64 else {
                    throw TreeError(
                        pointer: "", position: Position(ofByte: line, in: source),
                        message: "there are more than 64 %TAG directives")
                }
            }
            while line < source.count, source[line] != UInt8(ascii: "\n"), source[line] != UInt8(ascii: "\r") { line += 1 }
            line += 1
        }
    }
}
