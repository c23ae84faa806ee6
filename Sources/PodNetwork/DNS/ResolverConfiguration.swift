import Netlink

/// What a pod's `/etc/resolv.conf` says, `resolv.conf(5)`.
public struct ResolverConfiguration: Hashable, Sendable {
    public var nameServers: [String]
    public var searchDomains: [String]
    public var options: [String]

    public init(nameServers: [String] = [], searchDomains: [String] = [], options: [String] = []) {
        self.nameServers = nameServers
        self.searchDomains = searchDomains
        self.options = options
    }

    /// Reads a host's file as the resolver of glibc does: unknown lines, comments and words are left out, the last `search` or `domain` counts, options add up.
    public init(parsing text: String) {
        self.init()
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
                .compactMap { String(Substring($0)) }
            guard let keyword = words.first else { continue }
            switch keyword {
            case "nameserver": if words.count > 1 { nameServers.append(words[1]) }
            case "search": searchDomains = Array(words.dropFirst())
            case "domain": searchDomains = Array(words.dropFirst().prefix(1))
            case "options": options += words.dropFirst()
            default: continue
            }
        }
    }

    /// Whether all name servers are on loopback: a stub of the host's that a pod cannot reach.
    public var isStub: Bool {
        !nameServers.isEmpty
            && nameServers.allSatisfy { IPAddress(String($0.prefix { $0 != "%" }))?.isLoopback ?? false }
    }

    /// The file's text.
    public var text: String {
        var lines = nameServers.map { "nameserver \($0)" }
        if !searchDomains.isEmpty { lines.append("search " + searchDomains.joined(separator: " ")) }
        if !options.isEmpty { lines.append("options " + options.joined(separator: " ")) }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Where systemd-resolved has the upstream servers behind its stub.
    public static let upstreamFile = "/run/systemd/resolve/resolv.conf"
}
