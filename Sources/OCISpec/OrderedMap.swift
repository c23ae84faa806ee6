/// A map that keeps the order of its text; keys are unique. Lookup is linear: such maps have a handful of entries.
public struct OrderedMap<Element: Equatable & Sendable>: Equatable, Sendable {
    public private(set) var entries: [Entry] = []

    /// One key with its value.
    public struct Entry: Equatable, Sendable {
        public let key: String
        public var value: Element

        public init(key: String, value: Element) {
            self.key = key
            self.value = value
        }
    }

    public init() {}

    /// SAFETY of uniqueness: only for entries whose keys are known to be unique, as those of a `StrictTree` object.
    init(unique entries: [Entry]) { self.entries = entries }

    /// nil where the key is absent; a new key goes to the end, nil removes.
    public subscript(key: String) -> Element? {
        get {
            // By hand: `first(where:)` and `for` on a type that is known only at run time cost their first caller up to fifty microseconds.
            var index = 0
            while index < entries.count {
                if entries[index].key == key { return entries[index].value }
                index += 1
            }
            return nil
        }
        set {
            let index = entries.firstIndex { $0.key == key }
            switch (index, newValue) {
            case (let index?, let value?): entries[index].value = value
            case (let index?, nil): entries.remove(at: index)
            case (nil, let value?): entries.append(Entry(key: key, value: value))
            case (nil, nil): break
            }
        }
    }
}

extension OrderedMap: RandomAccessCollection {
    public var startIndex: Int { entries.startIndex }
    public var endIndex: Int { entries.endIndex }
    public subscript(position: Int) -> Entry { entries[position] }
}

extension OrderedMap: ExpressibleByDictionaryLiteral {
    /// A later entry with the same key replaces the earlier one.
    public init(dictionaryLiteral elements: (String, Element)...) {
        for (key, value) in elements { self[key] = value }
    }
}
