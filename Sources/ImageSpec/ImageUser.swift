public import OCISpec

/// The user that an image names, `user|uid[:group|gid]`, and what it comes to in the image's own `passwd` and `group`.
public struct ImageUser: Hashable, Sendable {
    /// A name, or a number that stands for itself and is never looked up as a name (CVE-2026-46680).
    public enum Part: Hashable, Sendable {
        case id(UInt32)
        case name(String)
    }

    public let user: Part
    public let group: Part?

    /// Throws for an id above 2^31 − 1, for a number in any other form, and for a name that could not stand in `passwd`.
    public init(_ text: String) throws(ImageUserError) {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        let user = parts.first.map { String(Substring($0)) } ?? ""
        self.user = user.isEmpty ? .id(0) : try Self.part(user)
        let group = parts.count > 1 ? String(Substring(parts[1])) : ""
        self.group = group.isEmpty ? nil : try Self.part(group)
    }

    private static func part(_ text: String) throws(ImageUserError) -> Part {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard text.utf8.contains(where: { !digits.contains($0) }) else {
            guard let id = UInt32(text), id <= UInt32(Int32.max) else { throw .outOfRange(text) }
            return .id(id)
        }
        guard let first = text.utf8.first, !digits.contains(first), first != UInt8(ascii: "-"), first != UInt8(ascii: "+"),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f && $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: ",") })
        else { throw .malformed(text) }
        return .name(text)
    }

    /// Looks names up. `passwd` and `group` are the bytes of the image's files, nil where it has none. With `namesNumbers` a number has the groups of the first
    /// user with that number, as in Kubernetes; in a configuration of the runtime specification it has none.
    public func resolved(passwd: [UInt8]?, group: [UInt8]?, namesNumbers: Bool = false) throws(ImageUserError) -> User {
        let users = passwd.map { AccountFile.lines($0, fields: 7) } ?? []
        let groups = group.map { AccountFile.lines($0, fields: 4) } ?? []
        var result = User()
        var name: String?
        switch user {
        case .id(let id):
            result.uid = id
            // The primary group of a number is that of its line, where there is one.
            let line = users.first { $0.id == id }
            result.gid = line?.gid ?? 0
            if namesNumbers { name = line?.name }
        case .name(let wanted):
            guard let line = users.first(where: { $0.name == wanted }), let gid = line.gid else { throw .unknownUser(wanted) }
            (result.uid, result.gid) = (line.id, gid)
            name = wanted
        }
        switch self.group {
        case .id(let id): result.gid = id
        case .name(let wanted):
            guard let line = groups.first(where: { $0.name == wanted }) else { throw .unknownGroup(wanted) }
            result.gid = line.id
        case nil:
            // Only who has a name, and is named without a group, gets the groups that list the name.
            if let name { result.additionalGids = groups.filter { $0.members.contains(name) }.map(\.id) }
        }
        return result
    }
}

/// Why an image's user is nobody.
public enum ImageUserError: Error, Hashable, Sendable, CustomStringConvertible {
    case malformed(String)
    case outOfRange(String)
    case unknownUser(String)
    case unknownGroup(String)

    public var description: String {
        switch self {
        case .malformed(let text): "'\(text)' is no user or group"
        case .outOfRange(let text): "id \(text) is not between 0 and \(Int32.max)"
        case .unknownUser(let name): "user '\(name)' is not in the image's /etc/passwd"
        case .unknownGroup(let name): "group '\(name)' is not in the image's /etc/group"
        }
    }
}

/// Lines of `passwd(5)` and `group(5)`, from an image: what is malformed is passed over.
enum AccountFile {
    struct Line {
        var name: String
        var id: UInt32
        /// Of a user.
        var gid: UInt32?
        /// Of a group.
        var members: [String]
    }

    static func lines(_ bytes: [UInt8], fields count: Int) -> [Line] {
        var lines: [Line] = []
        for text in bytes.split(separator: UInt8(ascii: "\n")) {
            let fields = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            guard fields.count == count, !fields[0].isEmpty, let id = number(fields[2]) else { continue }
            let members =
                count == 4 ? fields[3].split(separator: UInt8(ascii: ",")).map { String(decoding: $0, as: UTF8.self) } : []
            lines.append(
                Line(
                    name: String(decoding: fields[0], as: UTF8.self), id: id, gid: count == 7 ? number(fields[3]) : nil,
                    members: members))
        }
        return lines
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> UInt32? {
        guard !digits.isEmpty, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let value = UInt32(String(decoding: digits, as: UTF8.self)), value <= UInt32(Int32.max)
        else { return nil }
        return value
    }
}
