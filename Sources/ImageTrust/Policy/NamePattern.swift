public import ImageSpec
import StrictTree

/// Which names a rule is for: one, those of a repository, or those below a path. Always whole, so that nobody has to know what a short one is short for.
public enum NamePattern: Hashable, Sendable, CustomStringConvertible {
    /// `registry.example/team/app:1`
    case name(ImageReference)
    /// `registry.example/team/app`: every tag.
    case repository(String)
    /// `registry.example/team/*`: every repository below; kept with the slash at its end.
    case prefix(String)

    /// Reads one from a policy.
    init(from value: Value) throws(TreeError) {
        let text = try value.string
        if text == "*" { throw value.failure("'*' would be every image: that is what 'default' is for") }
        let prefix = text.hasSuffix("/*") ? String(text.dropLast()) : nil
        guard !(prefix ?? text).utf8.contains(UInt8(ascii: "*")) else {
            throw value.failure("a '*' stands at the end only, behind a slash")
        }
        let reference: ImageReference
        do throws(ReferenceError) { reference = try ImageReference((prefix.map { $0 + "x/x" }) ?? text) } catch {
            throw value.failure("'\(text)' is no name of an image: \(error)")
        }
        guard reference.digest == nil else { throw value.failure("a pattern has no digest: signatures are for digests") }
        if let prefix {
            guard reference.name == prefix + "x/x" else {
                throw value.failure("expected a whole name: '\(reference.name.dropLast(3))*'")
            }
            self = .prefix(prefix)
        } else if text == reference.name {
            self = .repository(text)
        } else {
            guard text == reference.description else {
                throw value.failure("expected a whole name: '\(reference.name)', or with its tag '\(reference)'")
            }
            self = .name(reference)
        }
    }

    public func matches(_ reference: ImageReference) -> Bool {
        switch self {
        case .name(let name): name.name == reference.name && name.tag == reference.tag
        case .repository(let name): name == reference.name
        case .prefix(let prefix): reference.name.hasPrefix(prefix)
        }
    }

    /// Of two that match one name the one with more is meant: they are never equal, unless the patterns are.
    var specificity: Int {
        switch self {
        case .name: .max
        case .repository: .max - 1
        case .prefix(let prefix): prefix.utf8.count
        }
    }

    public var description: String {
        switch self {
        case .name(let reference): "\(reference)"
        case .repository(let name): name
        case .prefix(let prefix): prefix + "*"
        }
    }
}
