import CYAML
import StrictTree

/// libyaml's parser over bytes in memory: one event after the other, with places in bytes.
final class YAMLParser {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private var text: CharacterOffsets
    let source: UnsafeBufferPointer<UInt8>

    /// SAFETY: `source` must outlive the parser, which reads it in place.
    init(_ source: UnsafeBufferPointer<UInt8>) throws(TreeError) {
        self.source = source
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        let mark = source.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        text = CharacterOffsets(source, from: mark)
        guard yaml_parser_initialize(parser) == 1 else {
            throw TreeError(pointer: "", position: nil, message: "no memory for a YAML parser")
        }
        // Not guessed: what a byte order mark of UTF-16 begins is refused.
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, source.baseAddress.map { $0 + mark }, source.count - mark)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The next event, which `body` sees while it is valid, with the byte at which it begins.
    func next<R>(_ body: (yaml_event_t, Int) throws(TreeError) -> R) throws(TreeError) -> R {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure }
        defer { yaml_event_delete(&event) }
        return try body(event, text.offset(of: event.start_mark.index))
    }

    /// What libyaml says, and where.
    private var failure: TreeError {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "the text is no YAML"
        switch parser.pointee.error {
        case YAML_MEMORY_ERROR:
            return TreeError(pointer: "", position: nil, message: "no memory for a YAML document")
        case YAML_READER_ERROR:
            // The only places in bytes: the reader knows no characters yet.
            let offset = text.start + Int(parser.pointee.problem_offset)
            return TreeError(
                pointer: "", position: Position(ofByte: offset, in: source), message: "the text is no YAML: \(problem)")
        default:
            let offset = text.offset(of: parser.pointee.problem_mark.index)
            let context = parser.pointee.context.map { " " + String(cString: $0) } ?? ""
            let tab = offset < source.count && source[offset] == 0x09 ? "; YAML is indented with blanks, not with tabs" : ""
            return TreeError(pointer: "", position: Position(ofByte: offset, in: source), message: problem + context + tab)
        }
    }
}

/// libyaml counts characters, and trees bytes. Events come in the order of the text, so that the walk between two of them is short.
struct CharacterOffsets {
    private let source: UnsafeBufferPointer<UInt8>
    /// Behind a byte order mark.
    let start: Int
    private var index = 0
    private var byte: Int

    init(_ source: UnsafeBufferPointer<UInt8>, from start: Int) {
        self.source = source
        self.start = start
        byte = start
    }

    mutating func offset(of character: Int) -> Int {
        while index < character, byte < source.count {
            byte += 1
            while byte < source.count, source[byte] & 0xc0 == 0x80 { byte += 1 }
            index += 1
        }
        while index > character, byte > start {
            byte -= 1
            while byte > start, source[byte] & 0xc0 == 0x80 { byte -= 1 }
            index -= 1
        }
        return byte
    }
}
