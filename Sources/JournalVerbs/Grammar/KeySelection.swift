import CommandSupport
import Journal

/// Which keys: one, an interval, a prefix, or all from one on.
struct KeySelection {
    enum Form {
        case single
        case prefix
        case from
    }

    static let options = [
        Option("prefix", help: "all keys that begin with KEY"),
        Option("from-key", help: "all keys from KEY on"),
    ]

    var form: Form

    /// Takes an option if it is one of these; whether it was.
    mutating func take(_ token: ArgumentReader.Token) -> Bool {
        switch token {
        case .flag("prefix", let on): form = on ? .prefix : .single
        case .flag("from-key", let on): form = on ? .from : .single
        default: return false
        }
        return true
    }

    /// The keys that operands name, and whether that is one key.
    func keys(_ verb: VerbReader, first: Int = 0) throws(UsageError) -> (keys: KeyRange, isSingle: Bool) {
        if verb.operands.count > first + 1 {
            // A verb that takes prefixes by nature takes an interval as well.
            guard form != .from else { throw verb.reader.wrong("--from-key and a second key exclude each other") }
            return (.interval(try verb.key(first), try verb.key(first + 1)), false)
        }
        switch form {
        case .single: return (.key(try verb.nonemptyKey(first)), true)
        case .prefix:
            if verb.operands.count <= first { return (.all, false) }
            return (.prefix(try verb.key(first)), false)
        case .from: return (.from(try verb.key(first)), false)
        }
    }
}
