import CYAML
import StrictTree

extension YAMLDocument {
    private static let core = "tag:yaml.org,2002:"

    /// A collection has no tag, or that of its kind.
    func checkTag(_ tag: UnsafeMutablePointer<yaml_char_t>?, _ name: String, at offset: Int) throws(TreeError) {
        guard let tag = tag.map({ String(cString: $0) }), tag != Self.core + name, tag != "!" else { return }
        throw refusal(of: tag, at: offset)
    }

    /// What is of somebody's own is not repeated: it may be a password that lacks its quotes.
    private func refusal(of tag: String, at offset: Int) -> TreeError {
        guard tag.hasPrefix(Self.core) else {
            return failure(
                at: offset, "a value that begins with '!' is a tag, and this one is not supported: put a text in quotes")
        }
        return failure(at: offset, "the tag '\(Self.short(tag))' is not supported: remove it")
    }

    /// By its tag, its quotes or its text.
    mutating func scalar(_ event: yaml_event_t, at offset: Int) throws(TreeError) -> YAMLScalar {
        let scalar = event.data.scalar
        let value = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
        let tag = scalar.tag.map { String(cString: $0) }
        let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
        switch tag {
        case nil where !isPlain, "!", Self.core + "str":
            return .string(text(value, at: isPlain ? offset : offset + 1))
        case nil:
            return try content(of: ResolvedScalar(plain: value), value, at: offset)
        case Self.core + "int", Self.core + "float", Self.core + "bool", Self.core + "null":
            let resolved = ResolvedScalar(plain: value)
            guard resolved.has(tag: tag?.dropFirst(Self.core.utf8.count) ?? "") else {
                throw failure(at: offset, "the value is not what its tag '\(Self.short(tag ?? ""))' says")
            }
            return try content(of: resolved, value, at: offset)
        case let tag?: throw refusal(of: tag, at: offset)
        }
    }

    private mutating func content(
        of resolved: ResolvedScalar, _ value: UnsafeBufferPointer<UInt8>, at offset: Int
    ) throws(TreeError) -> YAMLScalar {
        switch resolved {
        case .null: return .null
        case .bool(let bool): return .bool(bool, text(value, at: offset))
        case .number(let number, let isInteger):
            let isWrittenSo = value.elementsEqual(number.utf8)
            if isWrittenSo { return .number(text(value, at: offset), isInteger: isInteger, isWrittenSo: true) }
            let start = builder.decodedCount
            builder.appendDecoded(number.utf8)
            return .number(builder.decoded(from: start, holdsNUL: false), isInteger: isInteger, isWrittenSo: false)
        case .merge: return .merge(text(value, at: offset))
        case .string: return .string(text(value, at: offset))
        case .refused(let reason): throw failure(at: offset, reason)
        }
    }

    /// In the source, where it stands there as it is.
    private mutating func text(_ value: UnsafeBufferPointer<UInt8>, at offset: Int) -> TreeBuilder.Text {
        let source = builder.source
        if offset + value.count <= source.count, source[offset..<offset + value.count].elementsEqual(value), !value.contains(0) {
            return .source(offset..<offset + value.count)
        }
        let start = builder.decodedCount
        builder.appendDecoded(value)
        return builder.decoded(from: start, holdsNUL: value.contains(0))
    }

    /// As people write it.
    private static func short(_ tag: String) -> String {
        tag.hasPrefix(core) ? "!!" + tag.dropFirst(core.utf8.count) : tag
    }
}

extension ResolvedScalar {
    fileprivate func has(tag: some StringProtocol) -> Bool {
        switch (self, tag) {
        case (.null, "null"), (.bool, "bool"), (.number(_, isInteger: true), "int"), (.number, "float"): true
        default: false
        }
    }
}
